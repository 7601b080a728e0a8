/* SPDX-License-Identifier: MIT */
#include "digest.h"

#include <stdio.h>
#include <string.h>

#include "conformance/sha2.h"

static void
chain(uint8_t hash[32], const char *head, struct mls_buf body)
{
	struct mls_buf in[3] = { { hash, 32 },
		{ (const uint8_t *)head, strlen(head) }, body };
	uint8_t out[32];

	sha2(NULL, 1, in, 3, out);
	memcpy(hash, out, 32);
}

void
digest_add(struct digest *d, const char *kind, unsigned epoch,
    unsigned sender, struct mls_buf message)
{
	const struct mls_buf nothing = { NULL, 0 };
	char head[80];

	snprintf(head, sizeof(head), "%s %u %u;", kind, epoch, sender);
	chain(d->order, head, nothing);
	snprintf(head, sizeof(head), "%s %u %u %zu;", kind, epoch, sender,
	    message.len);
	chain(d->octets, head, message);
	d->messages++;
}

static void
print_hash(const char *what, const uint8_t hash[32])
{
	unsigned i;

	printf(", %s ", what);
	for (i = 0; i < 32; i++)
		printf("%02x", hash[i]);
}

void
digest_print(const struct digest *d, unsigned suite)
{
	printf("digest 0x%04x %lu messages", suite, d->messages);
	print_hash("octets", d->octets);
	print_hash("order", d->order);
	putchar('\n');
}
