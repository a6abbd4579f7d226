"""Broadband: lists by address, and shares by municipality."""
