/* SPDX-License-Identifier: MIT */
#include "common/hmac.h"

#include <string.h>

#include "common/dhkem.h"
#include "common/wipe.h"

#define MAX_BLOCK 128

bool
mls__hmac_by(uint8_t *out, mls_digest_fn digest, void *arg, uint16_t kdf,
    struct mls_buf key, const struct mls_buf *in, size_t n)
{
	uint8_t pad[MAX_BLOCK] = { 0 }, inner[MLS_DHKEM_MAX_HASH];
	struct mls_buf none = { NULL, 0 }, block = { pad, 0 };
	struct mls_buf sum = { inner, mls__hash_len(kdf) };
	bool ok = true;
	size_t i;

	block.len = kdf == 1 ? MAX_BLOCK / 2 : MAX_BLOCK;
	if (key.len > block.len)
		ok = digest(arg, none, &key, 1, pad);
	else if (key.len > 0)
		memcpy(pad, key.data, key.len);
	for (i = 0; i < block.len; i++)
		pad[i] ^= 0x36;
	ok = ok && digest(arg, block, in, n, inner);
	for (i = 0; i < block.len; i++)
		pad[i] ^= 0x36 ^ 0x5c;
	ok = ok && digest(arg, block, &sum, 1, out);
	mls__module_wipe(pad, sizeof(pad));
	mls__module_wipe(inner, sizeof(inner));
	return ok;
}
