"""The scene: tables become meshes, meshes become 3D Tiles, colours and pictures."""
