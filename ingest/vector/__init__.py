"""What formats of OGR vector files share."""
