// Written by `npx tsx scripts/generate/normalCoefficients.ts`, and never by hand: what sdk/math/normal.ts computes with.

/** Where the outer piece begins, WAD. */
export const JOINT = 1625000000000000000n;
/** From where the tail counts as nothing, WAD. */
export const END = 8000000000000000000n;
/** Coefficients of the inner piece, lowest first. */
export const INNER: readonly bigint[] = [
  0x1000000000000000000000000000000000000000000000000000000000000000n,
  0xeb7e73efc6941852ba3945636a4f3f011c1b829819030f2n,
  0x7315bf3f9a43291b058c8043c5bdf527n,
  0x149cbc567ce8a9098c1d110eb19568ae6da9cfa72b3ceea0a46b8a358deeab7n,
  0x452166b67724a912b5deb6d3253ed1dc2ef6a1b0bda2c5n,
  0x5752e551c787d35951a31979aefa7ddn,
  0x218be82e83ce07acf6b64ca4190c94f8238b58a3f44e008867a813766a012n,
  -0x99440721715a53ac51a8dea557ad21e3d966bc86e3bfan,
  0x1fab003a39afd36f1e3128d6544e3cn,
  -0x2432f82ab23825n,
];
/** Coefficients of the outer piece, lowest first. */
export const OUTER: readonly bigint[] = [
  0x126df230617436f4000000000000000000000000000000000000000000000000n,
  0x2b76f6e30bda83d8565386b5da9aec3471db076121476016n,
  0xdbe013678eeb6d0d3330b82ea6cf8a30n,
  0x212028a0180e813ba73f7869dc273055934f18ca2182b6d418918b800c6ab54n,
  0x4a8c6fb2aaea162314805a440fc9b45d3012106b70cf8a7n,
  0xd40948ea1ab9af5bf3f70edd8cb3c0cn,
  0xf0783b9bd21d42aa330fd619e237a46e9a727c1a52338c536402d78baf49n,
  0x399e9558cffa3e4cf08f0d524416e25ce753cb7026f30n,
  0x69fa4eaaf70028039729b38fdaf5n,
  0x11ff78ee1543d6n,
];
