"""The browser's 3D engine: TypeScript sources, their build, and the Panel component that wraps the bundle."""
