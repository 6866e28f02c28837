/*
 * Reads grey images: PGM and PPM (P2, P3, P5, P6; netpbm's pgm(5) and ppm(5)), the formats that any image
 * tool writes and that need no codec. libnetpbm was not taken: on a broken file it ends the process.
 */
#ifndef PVT_PNM_H
#define PVT_PNM_H

#include "kernels/kernel.h"

#include <stdio.h>

struct pnm {
	uint64_t width, height;
	uint32_t maxval;   /* 1 .. 65535 */
	uint32_t channels; /* 1 or 3 */
	bool plain;        /* samples in decimal */
};

/*
 * Reads the header of a file of `bytes` bytes and checks that the pixels it promises can be there. Returns 0,
 * the file at its first sample; or -errno with params->why, where params->input names the file.
 */
int pnm_header(FILE *file, uint64_t bytes, struct pnm *pnm, struct params *params);

/* Reads width * height pixels into `grey`, colours by luma. Returns 0, or -errno with params->why. */
int pnm_grey(FILE *file, const struct pnm *pnm, uint16_t *grey, struct params *params);

#endif
