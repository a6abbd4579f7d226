"""What the browser asks for: tiles, colours and pictures, each only as far as the asking principal may see."""
