// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

// Written by `npx tsx scripts/generate/normalCoefficients.ts`, and never by hand: what math/Normal.sol computes with.

uint256 constant JOINT = 0x168d28e3f0028000;
uint256 constant END = 0x6f05b59d3b200000;
uint256 constant INNER_0 = 0x1000000000000000000000000000000000000000000000000000000000000000;
uint256 constant INNER_1 = 0xeb7e73efc6941852ba3945636a4f3f011c1b829819030f2;
uint256 constant INNER_2 = 0x7315bf3f9a43291b058c8043c5bdf527;
uint256 constant INNER_3 = 0x149cbc567ce8a9098c1d110eb19568ae6da9cfa72b3ceea0a46b8a358deeab7;
uint256 constant INNER_4 = 0x452166b67724a912b5deb6d3253ed1dc2ef6a1b0bda2c5;
uint256 constant INNER_5 = 0x5752e551c787d35951a31979aefa7dd;
uint256 constant INNER_6 = 0x218be82e83ce07acf6b64ca4190c94f8238b58a3f44e008867a813766a012;
uint256 constant INNER_7_MINUS = 0x99440721715a53ac51a8dea557ad21e3d966bc86e3bfa;
uint256 constant INNER_8 = 0x1fab003a39afd36f1e3128d6544e3c;
uint256 constant INNER_9_MINUS = 0x2432f82ab23825;
uint256 constant OUTER_0 = 0x126df230617436f4000000000000000000000000000000000000000000000000;
uint256 constant OUTER_1 = 0x2b76f6e30bda83d8565386b5da9aec3471db076121476016;
uint256 constant OUTER_2 = 0xdbe013678eeb6d0d3330b82ea6cf8a30;
uint256 constant OUTER_3 = 0x212028a0180e813ba73f7869dc273055934f18ca2182b6d418918b800c6ab54;
uint256 constant OUTER_4 = 0x4a8c6fb2aaea162314805a440fc9b45d3012106b70cf8a7;
uint256 constant OUTER_5 = 0xd40948ea1ab9af5bf3f70edd8cb3c0c;
uint256 constant OUTER_6 = 0xf0783b9bd21d42aa330fd619e237a46e9a727c1a52338c536402d78baf49;
uint256 constant OUTER_7 = 0x399e9558cffa3e4cf08f0d524416e25ce753cb7026f30;
uint256 constant OUTER_8 = 0x69fa4eaaf70028039729b38fdaf5;
uint256 constant OUTER_9 = 0x11ff78ee1543d6;
