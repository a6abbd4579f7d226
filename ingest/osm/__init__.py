"""OpenStreetMap: streets as a routable graph, facilities, water and green."""
