/** Buildings of all tenants that are loaded: their numbers, their identifiers and their triangles. */

import { BufferAttribute, BufferGeometry, Mesh, Object3D, Ray, Triangle, Vector3 } from "three";
import { buildingDepth, buildingMaterial, type BuildingUniforms } from "./building_material";
import type { Colours } from "./colours";
import { addFacade } from "./facade";
import { isShown } from "./terrain";
import type { Selection } from "./types";

/** Layer of three.js that building meshes are also on. */
export const BUILDING_LAYER = 1;

interface Tenant {
  ags: string;
  uniforms: BuildingUniforms;
  material: ReturnType<typeof buildingMaterial>;
  depth: ReturnType<typeof buildingDepth>;
  identifiers: Map<number, string>;
  slots: Map<string, number>;
  meshes: Set<Mesh>;
}

export class Buildings {
  private readonly tenants = new Map<string, Tenant>();
  private readonly order: Tenant[] = [];
  private chosen: Selection | null = null;
  private through = false;

  constructor(private readonly colours: Colours) {}

  private tenant(ags: string): Tenant {
    let tenant = this.tenants.get(ags);
    if (!tenant) {
      const uniforms: BuildingUniforms = {
        ...this.colours.of(ags),
        uTenant: { value: this.order.length + 1 },
        uSelected: { value: -1 },
      };
      const [material, depth] = [buildingMaterial(uniforms), buildingDepth(uniforms)];
      tenant = { ags, uniforms, material, depth, identifiers: new Map(), slots: new Map(), meshes: new Set() };
      glaze(material, this.through);
      this.tenants.set(ags, tenant);
      this.order.push(tenant);
    }
    return tenant;
  }

  /** Dresses a tile's mesh; without a property table its feature ids stand for slots. */
  add(ags: string, mesh: Mesh): void {
    const tenant = this.tenant(ags);
    prepare(mesh, tenant.identifiers, tenant.slots);
    (mesh.material as { dispose?: () => void }).dispose?.();
    mesh.material = tenant.material;
    mesh.customDepthMaterial = tenant.depth;
    mesh.castShadow = mesh.receiveShadow = true;
    mesh.layers.enable(BUILDING_LAYER);
    tenant.meshes.add(mesh);
    this.select(this.chosen);
  }

  remove(ags: string, mesh: Object3D): void {
    this.tenants.get(ags)?.meshes.delete(mesh as Mesh);
  }

  /** Makes the houses glass, so that what lies under and behind them is seen, or solid again. */
  open(through: boolean): void {
    if (through === this.through) return;
    this.through = through;
    for (const { material } of this.order) glaze(material, through);
  }

  /** Marks a building; one that is not loaded yet is marked when it arrives. */
  select(selection: Selection | null): void {
    this.chosen = selection;
    for (const tenant of this.order) {
      const here = selection && tenant.ags === selection.ags;
      tenant.uniforms.uSelected.value = here ? (tenant.slots.get(selection.building_id) ?? -1) : -1;
    }
  }

  /** Building that the picking pass drew as these four bytes. */
  named(bytes: ArrayLike<number>): (Selection & { slot: number }) | null {
    const tenant = this.order[(bytes[3] ?? 0) - 1];
    const slot = (bytes[0] ?? 0) + 256 * (bytes[1] ?? 0) + 65536 * (bytes[2] ?? 0);
    const building_id = tenant?.identifiers.get(slot);
    return tenant && building_id !== undefined ? { ags: tenant.ags, building_id, slot } : null;
  }

  /** Corners of a building's drawn triangles in scene coordinates, nine numbers each. */
  triangles(selection: Selection): Float32Array {
    const tenant = this.tenants.get(selection.ags);
    const slot = tenant?.slots.get(selection.building_id);
    const corners: number[] = [];
    const point = new Vector3();
    for (const mesh of slot === undefined ? [] : (tenant?.meshes ?? [])) {
      const slots = mesh.geometry.getAttribute("slot");
      const position = mesh.geometry.getAttribute("position");
      const index = mesh.geometry.index;
      if (!slots || !position || !isShown(mesh)) continue;
      const count = index?.count ?? position.count;
      for (let i = 0; i < count; i += 3) {
        if (slots.getX(index?.getX(i) ?? i) !== slot) continue;
        for (let k = i; k < i + 3; k++) {
          point.fromBufferAttribute(position, index?.getX(k) ?? k).applyMatrix4(mesh.matrixWorld);
          corners.push(point.x, point.y, point.z);
        }
      }
    }
    return new Float32Array(corners);
  }

  /** Where a ray meets a building first. */
  hit(ray: Ray, selection: Selection): Vector3 | null {
    const corners = this.triangles(selection);
    const triangle = new Triangle();
    let nearest: Vector3 | null = null;
    for (let i = 0; i < corners.length; i += 9) {
      triangle.a.fromArray(corners, i);
      triangle.b.fromArray(corners, i + 3);
      triangle.c.fromArray(corners, i + 6);
      const point = ray.intersectTriangle(triangle.a, triangle.b, triangle.c, false, new Vector3());
      if (point && (!nearest || point.distanceTo(ray.origin) < nearest.distanceTo(ray.origin))) nearest = point;
    }
    return nearest;
  }
}

/** What is left of a house of glass. */
const GLASS = 0.16;

function glaze(material: Tenant["material"], through: boolean): void {
  material.transparent = through;
  material.opacity = through ? GLASS : 1;
  material.depthWrite = !through;
  material.needsUpdate = true;
}

/** Gives a mesh the attributes that the materials read: `slot`, `_kind`, `facade`. */
export function prepare(mesh: Mesh, identifiers: Map<number, string>, slotOf: Map<string, number>): void {
  const geometry = mesh.geometry as BufferGeometry;
  const features = geometry.getAttribute("_feature_id_0");
  const count = geometry.getAttribute("position")?.count ?? 0;
  const rows = features ? table(mesh, features as BufferAttribute) : [];
  const slots = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const feature = features?.getX(i) ?? 0;
    slots[i] = rows[feature]?.slot ?? feature;
  }
  for (const row of rows) {
    if (!row) continue;
    identifiers.set(row.slot, row.building_id);
    slotOf.set(row.building_id, row.slot);
  }
  const kinds = geometry.getAttribute("_kind");
  const kind = new Float32Array(count);
  for (let i = 0; i < count; i++) kind[i] = kinds?.getX(i) ?? 0;
  geometry.setAttribute("_kind", new BufferAttribute(kind, 1));
  geometry.setAttribute("slot", new BufferAttribute(slots, 1));
  geometry.deleteAttribute("_feature_id_0");
  geometry.deleteAttribute("uv");
  if (!geometry.getAttribute("normal")) geometry.computeVertexNormals();
  mesh.updateWorldMatrix(true, false);
  addFacade(geometry, mesh.matrixWorld.getMaxScaleOnAxis(), slots, kind);
}

interface Row {
  slot: number;
  building_id: string;
}

function table(mesh: Mesh, features: BufferAttribute): (Row | null)[] {
  const { meshFeatures, structuralMetadata } = mesh.userData;
  const info = meshFeatures?.getFeatureInfo()[0];
  if (!structuralMetadata || info?.propertyTable == null) return [];
  let last = -1;
  for (let i = 0; i < features.count; i++) last = Math.max(last, features.getX(i));
  const rows: (Row | null)[] = [];
  for (let id = 0; id <= last; id++) {
    const row = structuralMetadata.getPropertyTableData([info.propertyTable], [id])[0];
    rows.push(row ? { slot: Number(row.slot), building_id: String(row.building_id) } : null);
  }
  return rows;
}
