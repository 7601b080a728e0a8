/* SPDX-License-Identifier: MIT */
#include "private.h"

/* Diffie-Hellman on P-256 goes deepest of those that know a secret, by some
 * 5600 octets.  In a file of its own, so that it is not inlined, where it would
 * burn its caller's frame. */
void
mls__ever_burn(void)
{
	uint8_t room[6144];

	mls__module_wipe(room, sizeof(room));
}
