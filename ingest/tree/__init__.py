"""Municipal tree registers: rows of layer ``tree``."""
