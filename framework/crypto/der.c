/* SPDX-License-Identifier: MIT */
#include "crypto/der.h"

bool
mls__der_value(struct mls_buf *out, struct mls_buf *der, uint8_t tag)
{
	size_t head = 2, len, n, i;

	if (der->len < head || der->data[0] != tag)
		return false;
	len = der->data[1];
	if (len >= 0x80) {
		n = len & 0x7f;
		if (n < 1 || n > 4 || n > der->len - head)
			return false;
		for (len = 0, i = 0; i < n; i++)
			len = len << 8 | der->data[head + i];
		if (len < 0x80 || len >> 8 * (n - 1) == 0)
			return false;
		head += n;
	}
	if (len > der->len - head)
		return false;
	out->data = der->data + head;
	out->len = len;
	der->data += head + len;
	der->len -= head + len;
	return true;
}
