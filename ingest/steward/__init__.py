"""Taking deliveries in for the dashboard's stewards."""
