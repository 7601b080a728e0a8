/* SPDX-License-Identifier: MIT */
#include "common/aside.h"

#include <stdlib.h>
#include <string.h>

#include "common/wipe.h"

#define ROOM 8192

int
mls__open_aside(uint8_t *pt, mls_open_fn open, const struct mls_sealed *s)
{
	uint8_t room[ROOM], *aside = room;
	int rc;

	if (s->ct.len > sizeof(room))
		aside = malloc(s->ct.len);
	if (aside == NULL)
		return MLS_P_NOMEM;
	rc = open(aside, s);
	if (rc == MLS_P_OK && s->ct.len > 0)
		memcpy(pt, aside, s->ct.len);
	mls__module_wipe(aside, s->ct.len);
	if (aside != room)
		free(aside);
	return rc;
}
