/* SPDX-License-Identifier: MIT */
/* Certificates that nobody signed, for a key: what RFC 9420 §5.3 looks at. */
#ifndef TESTS_CERTIFICATE_H
#define TESTS_CERTIFICATE_H

#include <stdint.h>
#include <string.h>

/* put_der(out, tag, in, len): an element, in the shortest form; its length.
 * in may lie in out. */
static inline size_t
put_der(uint8_t *out, uint8_t tag, const uint8_t *in, size_t len)
{
	size_t head = len < 0x80 ? 2 : len < 0x100 ? 3 : 4;

	memmove(out + head, in, len);
	out[0] = tag;
	out[1] = (uint8_t)(head == 2 ? len : 0x80 + head - 2);
	if (head > 2)
		out[head - 1] = (uint8_t)len;
	if (head > 3)
		out[head - 2] = (uint8_t)(len >> 8);
	return head + len;
}

/* certificate(out, key, len): into at most 512 octets; its length. */
static inline size_t
certificate(uint8_t *out, const uint8_t *key, size_t len)
{
	static const uint8_t before[] = { 0xa0, 3, 2, 1, 2, /* version 3 */
		2, 1, 7,                  /* serialNumber */
		0x30, 0, 0x30, 0, 0x30, 0, 0x30, 0 };
	static const uint8_t after[] = { 0x30, 0, 3, 2, 0, 9 };
	uint8_t info[512];
	size_t n = sizeof(before), k;

	info[0] = 0x30; /* algorithm */
	info[1] = 0;
	out[0] = 0; /* unused bits */
	memcpy(out + 1, key, len);
	k = 2 + put_der(info + 2, 3, out, len + 1);
	memcpy(out, before, n);
	n += put_der(out + n, 0x30, info, k);
	n = put_der(out, 0x30, out, n);
	memcpy(out + n, after, sizeof(after));
	return put_der(out, 0x30, out, n + sizeof(after));
}

#endif
