/* Points and bounds of GeoJSON outlines, in degrees (WGS-84). */

/** Give the place of an area's label: its own `label` if it has one, else its middle. */
export function labelPoint({ properties, geometry }) {
  if (properties.label) return [properties.label.lon, properties.label.lat];
  const [west, south, east, north] = bounds([{ geometry }]);
  return [(west + east) / 2, (south + north) / 2];
}

export function bounds(features) {
  const box = [180, 90, -180, -90];
  for (const [lon, lat] of features.flatMap(({ geometry }) => rings(geometry).flat())) {
    box[0] = Math.min(box[0], lon);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon);
    box[3] = Math.max(box[3], lat);
  }
  return box;
}

export function rings(geometry) {
  return geometry.type === "Polygon" ? geometry.coordinates : geometry.coordinates.flat();
}

/** Make points of areas for labels and marks. */
export function points(features, propertiesOf) {
  return {
    type: "FeatureCollection",
    features: features.map((feature) => ({
      type: "Feature",
      properties: propertiesOf(feature),
      geometry: { type: "Point", coordinates: labelPoint(feature) },
    })),
  };
}
