"""What readers of GML share."""
