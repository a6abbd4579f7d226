"""What is asked of readings most: by the hour, and the latest of each sensor."""
