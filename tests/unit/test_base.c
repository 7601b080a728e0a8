/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/compat.h"
#include "base/error.h"
#include "base/reader.h"
#include "base/secret.h"
#include "base/writer.h"
#include "libmls/mls.h"

static struct mls_reader
reader(const void *data, size_t len)
{
	struct mls_reader r;

	mls__reader_init(&r, mls__buf(data, len));
	return r;
}

/* The error of reading one vector header out of these octets. */
static int
varint_error(const char *octets, size_t len)
{
	struct mls_reader r = reader(octets, len);

	mls__read_varint(&r);
	return r.error;
}

Test(reader, integers)
{
	static const uint8_t in[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
	    13, 14, 15 };
	struct mls_reader r = reader(in, sizeof(in));

	cr_assert_eq(mls__read_u8(&r), 1);
	cr_assert_eq(mls__read_u16(&r), 0x0203);
	cr_assert_eq(mls__read_u32(&r), 0x04050607);
	cr_assert_eq(mls__read_u64(&r), 0x08090a0b0c0d0e0fu);
	cr_assert_eq(mls__reader_end(&r), 0);
	cr_assert_not(mls__reader_more(&r));
}

/* At every cut, and the error stays the first one. */
Test(reader, WIRE_05_integers_truncated)
{
	static const uint8_t in[8] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff };
	struct mls_reader r;
	size_t len;

	for (len = 0; len < sizeof(in); len++) {
		r = reader(in, len);
		cr_assert_eq(mls__read_u64(&r), 0);
		cr_assert_eq(r.error, MLS_E_INPUT_TRUNCATED);
		cr_assert_eq(mls__reader_left(&r), 0);
		cr_assert_eq(mls__read_u8(&r), 0);
		mls__reader_fail(&r, MLS_E_INTERNAL);
		cr_assert_eq(mls__reader_end(&r), MLS_E_INPUT_TRUNCATED);
	}
	r = reader(in, 3);
	cr_assert_eq(mls__read_u32(&r), 0);
	cr_assert_eq(r.error, MLS_E_INPUT_TRUNCATED);
	r = reader(in, 1);
	cr_assert_eq(mls__read_u16(&r), 0);
	cr_assert_eq(r.error, MLS_E_INPUT_TRUNCATED);
	r = reader(NULL, 0);
	cr_assert_eq(mls__read_u8(&r), 0);
	cr_assert_eq(r.error, MLS_E_INPUT_TRUNCATED);
}

Test(reader, fixed)
{
	struct mls_reader r = reader("abcdef", 6);
	struct mls_buf b = mls__read_fixed(&r, 4);

	cr_assert(mls__equal(b, mls__buf_str("abcd")));
	b = mls__read_fixed(&r, 0);
	cr_assert_eq(b.len, 0);
	cr_assert_eq(r.error, 0);
	b = mls__read_fixed(&r, 3);
	cr_assert_null(b.data);
	cr_assert_eq(b.len, 0);
	cr_assert_eq(r.error, MLS_E_INPUT_TRUNCATED);
}

Test(reader, WIRE_06_trailing_octets)
{
	struct mls_reader r = reader("ab", 2);

	mls__read_u8(&r);
	cr_assert(mls__reader_more(&r));
	cr_assert_eq(mls__reader_end(&r), MLS_E_TRAILING_BYTES);
	r = reader("ab", 2);
	mls__read_u16(&r);
	cr_assert_eq(mls__reader_end(&r), 0);
	r = reader(NULL, 0);
	cr_assert_eq(mls__reader_end(&r), 0);
}

/* Every first octet before three more. */
Test(varint, WIRE_01_02_every_first_octet)
{
	uint8_t in[4] = { 0, 0x12, 0x34, 0x56 };
	struct mls_reader r;
	uint32_t v;
	unsigned i;

	for (i = 0; i < 256; i++) {
		in[0] = (uint8_t)i;
		r = reader(in, sizeof(in));
		v = mls__read_varint(&r);
		if (i < 0x40) {
			cr_assert_eq(v, i);
			cr_assert_eq(mls__reader_left(&r), 3);
		} else if (i == 0x40) {
			cr_assert_eq(r.error, MLS_E_VARINT_NOT_MINIMAL);
		} else if (i < 0x80) {
			cr_assert_eq(v, (i & 0x3f) << 8 | 0x12);
			cr_assert_eq(mls__reader_left(&r), 2);
		} else if (i < 0xc0) {
			cr_assert_eq(v, (i & 0x3f) << 24 | 0x123456);
			cr_assert_eq(mls__reader_end(&r), 0);
		} else {
			cr_assert_eq(r.error, MLS_E_VARINT_BAD_PREFIX);
			cr_assert_eq(v, 0);
		}
	}
}

/* The largest too-long forms, and their neighbours. */
Test(varint, WIRE_02_minimal)
{
	cr_assert_eq(varint_error("\x40\x00", 2), MLS_E_VARINT_NOT_MINIMAL);
	cr_assert_eq(varint_error("\x40\x3f", 2), MLS_E_VARINT_NOT_MINIMAL);
	cr_assert_eq(varint_error("\x40\x40", 2), 0);
	cr_assert_eq(varint_error("\x80\x00\x00\x3f", 4),
	    MLS_E_VARINT_NOT_MINIMAL);
	cr_assert_eq(varint_error("\x80\x00\x3f\xff", 4),
	    MLS_E_VARINT_NOT_MINIMAL);
	cr_assert_eq(varint_error("\x80\x00\x40\x00", 4), 0);
}

Test(varint, WIRE_03_truncated)
{
	cr_assert_eq(varint_error("", 0), MLS_E_VARINT_TRUNCATED);
	cr_assert_eq(varint_error("\x40", 1), MLS_E_VARINT_TRUNCATED);
	cr_assert_eq(varint_error("\x80", 1), MLS_E_VARINT_TRUNCATED);
	cr_assert_eq(varint_error("\x80\x00", 2), MLS_E_VARINT_TRUNCATED);
	cr_assert_eq(varint_error("\x80\x00\x40", 3), MLS_E_VARINT_TRUNCATED);
	cr_assert_eq(varint_error("\xc0", 1), MLS_E_VARINT_BAD_PREFIX);
}

Test(varint, borders)
{
	static const struct {
		size_t value, len;
		const char *octets;
	} rows[] = {
		{ 0, 1, "\x00" },
		{ 63, 1, "\x3f" },
		{ 64, 2, "\x40\x40" },
		{ 16383, 2, "\x7f\xff" },
		{ 16384, 4, "\x80\x00\x40\x00" },
		{ 0x3fffffff, 4, "\xbf\xff\xff\xff" },
	};
	struct mls_reader r;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct mls_writer w = { 0 };

		mls__write_varint(&w, rows[i].value);
		cr_assert_eq(w.error, 0);
		cr_assert(mls__equal(mls__writer_buf(&w),
		    mls__buf(rows[i].octets, rows[i].len)));
		r = reader(w.data, w.len);
		cr_assert_eq(mls__read_varint(&r), rows[i].value);
		cr_assert_eq(mls__reader_end(&r), 0);
		mls__writer_free(&w);
	}
}

/* The length alone decides, no buffer is needed. */
Test(varint, WIRE_27_too_long)
{
	struct mls_writer w = { 0 };

	mls__write_varint(&w, 0x40000000);
	cr_assert_eq(w.error, MLS_E_VECTOR_TOO_LONG);
	mls__write_u8(&w, 1);
	cr_assert_eq(w.len, 0);
	mls__writer_reset(&w);
	mls__write_opaque(&w, mls__buf("", 0x40000000));
	cr_assert_eq(w.error, MLS_E_VECTOR_TOO_LONG);
	mls__writer_free(&w);
}

/* The length is measured against what is left. */
Test(vector, WIRE_04_overruns_input)
{
	struct mls_reader r = reader("\xbf\xff\xff\xff" "abc", 7);
	struct mls_buf b = mls__read_opaque(&r);

	cr_assert_eq(r.error, MLS_E_VECTOR_OVERRUNS_INPUT);
	cr_assert_null(b.data);
	cr_assert_eq(b.len, 0);
	r = reader("\x04" "abc", 4);
	mls__read_opaque(&r);
	cr_assert_eq(r.error, MLS_E_VECTOR_OVERRUNS_INPUT);
	r = reader("\x03" "abc", 4);
	b = mls__read_opaque(&r);
	cr_assert_eq(mls__reader_end(&r), 0);
	cr_assert(mls__equal(b, mls__buf_str("abc")));
	r = reader("\x00", 1);
	b = mls__read_opaque(&r);
	cr_assert_eq(mls__reader_end(&r), 0);
	cr_assert_eq(b.len, 0);
}

/* Reads a T<V> of 16-bit numbers and gives their sum. */
static unsigned
read_numbers(struct mls_reader *r)
{
	struct mls_reader sub = mls__read_vector(r);
	unsigned sum = 0;

	while (mls__reader_more(&sub))
		sum += mls__read_u16(&sub);
	mls__reader_join(r, &sub);
	return sum;
}

Test(vector, WIRE_07_element_border)
{
	struct mls_reader r = reader("\x03\x00\x01\x00", 4);

	read_numbers(&r);
	cr_assert_eq(r.error, MLS_E_VECTOR_PARTIAL_ELEMENT);
	r = reader("\x04\x00\x01\x00\x02", 5);
	cr_assert_eq(read_numbers(&r), 3);
	cr_assert_eq(mls__reader_end(&r), 0);
	r = reader("\x00", 1);
	cr_assert_eq(read_numbers(&r), 0);
	cr_assert_eq(mls__reader_end(&r), 0);
	r = reader("\x05\x00\x01\x00\x02", 5);
	cr_assert_eq(read_numbers(&r), 0);
	cr_assert_eq(r.error, MLS_E_VECTOR_OVERRUNS_INPUT);
}

/* A vector of vectors: errors come up from the inside, and an inner length
 * is held against the outer vector, not against the input. */
Test(vector, nested)
{
	struct mls_reader r, sub;
	unsigned sum = 0;

	r = reader("\x06\x02\x00\x01\x02\x00\x02\x07", 8);
	sub = mls__read_vector(&r);
	while (mls__reader_more(&sub))
		sum += read_numbers(&sub);
	mls__reader_join(&r, &sub);
	cr_assert_eq(sum, 3);
	cr_assert_eq(mls__read_u8(&r), 7);
	cr_assert_eq(mls__reader_end(&r), 0);

	r = reader("\x03\x04\x00\x01\x00\x02\x07", 7);
	sub = mls__read_vector(&r);
	while (mls__reader_more(&sub))
		read_numbers(&sub);
	mls__reader_join(&r, &sub);
	cr_assert_eq(r.error, MLS_E_VECTOR_OVERRUNS_INPUT);
	cr_assert_eq(mls__reader_left(&r), 0);

	/* A reader that has failed gives vectors that have failed. */
	sub = mls__read_vector(&r);
	cr_assert_not(mls__reader_more(&sub));
	cr_assert_eq(sub.error, MLS_E_VECTOR_OVERRUNS_INPUT);
}

Test(reader, WIRE_08_presence)
{
	uint8_t octet;
	unsigned i;
	struct mls_reader r;

	for (i = 0; i < 256; i++) {
		octet = (uint8_t)i;
		r = reader(&octet, 1);
		cr_assert_eq(mls__read_present(&r), i == 1);
		cr_assert_eq(r.error,
		    i > 1 ? MLS_E_OPTIONAL_BAD_PRESENCE : 0);
	}
	r = reader("", 0);
	cr_assert_not(mls__read_present(&r));
	cr_assert_eq(r.error, MLS_E_INPUT_TRUNCATED);
}

Test(reader, LIMIT_15_short_opaque)
{
	struct mls_writer w = { 0 };
	struct mls_reader r;
	size_t at, len;

	for (len = 4096; len <= 4097; len++) {
		at = mls__write_open(&w);
		memset(mls__write_space(&w, len), 'x', len);
		mls__write_close(&w, at);
		r = reader(w.data, w.len);
		cr_assert_eq(mls__read_short(&r).len, len == 4096 ? 4096 : 0);
		cr_assert_eq(r.error,
		    len == 4096 ? 0 : MLS_E_OPAQUE_TOO_LARGE);
		mls__writer_reset(&w);
	}
	mls__writer_free(&w);
}

Test(reader, since)
{
	struct mls_reader r = reader("\x02" "ab" "\x01" "c", 5);
	const uint8_t *from;

	mls__read_opaque(&r);
	from = r.pos;
	mls__read_opaque(&r);
	cr_assert(mls__equal(mls__reader_since(&r, from),
	    mls__buf("\x01" "c", 2)));
	mls__read_u8(&r);
	cr_assert_eq(mls__reader_since(&r, from).len, 0);
}

Test(writer, integers)
{
	static const uint8_t out[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
	    13, 14, 15, 'x', 1, 'y' };
	struct mls_writer w = { 0 };

	mls__write_u8(&w, 1);
	mls__write_u16(&w, 0x0203);
	mls__write_u32(&w, 0x04050607);
	mls__write_u64(&w, 0x08090a0b0c0d0e0fu);
	mls__write_bytes(&w, mls__buf_str("x"));
	mls__write_bytes(&w, mls__buf(NULL, 0));
	mls__write_opaque(&w, mls__buf_str("y"));
	cr_assert_eq(w.error, 0);
	cr_assert(mls__equal(mls__writer_buf(&w),
	    mls__buf(out, sizeof(out))));
	mls__writer_free(&w);
	cr_assert_null(w.data);
}

/* The header is put before content of each border length, behind other
 * octets and inside another vector. */
Test(writer, close_borders)
{
	static const size_t lens[] = { 0, 1, 62, 63, 64, 16382, 16383, 16384 };
	size_t i, k, outer, inner;
	struct mls_writer w = { 0 };

	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		struct mls_reader r, sub;
		struct mls_buf b;
		uint8_t *p;

		mls__write_u8(&w, 0xaa);
		outer = mls__write_open(&w);
		inner = mls__write_open(&w);
		p = mls__write_space(&w, lens[i]);
		for (k = 0; k < lens[i]; k++)
			p[k] = (uint8_t)(k * 7 + 1);
		mls__write_close(&w, inner);
		mls__write_close(&w, outer);
		mls__write_u8(&w, 0xbb);
		cr_assert_eq(w.error, 0);

		r = reader(w.data, w.len);
		cr_assert_eq(mls__read_u8(&r), 0xaa);
		sub = mls__read_vector(&r);
		b = mls__read_opaque(&sub);
		cr_assert_eq(mls__reader_end(&sub), 0);
		mls__reader_join(&r, &sub);
		cr_assert_eq(mls__read_u8(&r), 0xbb);
		cr_assert_eq(mls__reader_end(&r), 0);
		cr_assert_eq(b.len, lens[i]);
		for (k = 0; k < b.len; k++)
			cr_assert_eq(b.data[k], (uint8_t)(k * 7 + 1));
		mls__writer_reset(&w);
	}
	mls__writer_free(&w);
}

Test(writer, sticky_error)
{
	struct mls_writer w = { 0 };
	struct mls_arena arena = { 0 };
	struct mls_buf out = mls__buf_str("untouched");
	size_t at = mls__write_open(&w);

	mls__write_u8(&w, 1);
	mls__writer_fail(&w, MLS_E_INTERNAL);
	mls__writer_fail(&w, MLS_E_ARGUMENT);
	mls__write_u64(&w, 2);
	mls__write_close(&w, at);
	cr_assert_eq(w.len, 1);
	cr_assert_null(mls__write_space(&w, 1));
	cr_assert_eq(mls__writer_take(&out, &arena, &w), MLS_E_INTERNAL);
	cr_assert(mls__equal(out, mls__buf_str("untouched")));

	/* Emptied, it is good again. */
	mls__write_u8(&w, 3);
	cr_assert_eq(mls__writer_take(&out, &arena, &w), 0);
	cr_assert_eq(out.len, 1);
	cr_assert_eq(out.data[0], 3);
	cr_assert_eq(w.len, 0);
	cr_assert_null(mls__write_space(&w, SIZE_MAX));
	cr_assert_eq(w.error, MLS_E_OUT_OF_MEMORY);
	mls__writer_free(&w);
	mls__arena_free(&arena);
}

/* A prefix never equals the whole, whichever side it is on. */
Test(secret, CRYPT_09_equal_ct)
{
	struct mls_buf tag = mls__buf_str("0123456789abcdef");
	uint8_t other[17];
	size_t i;

	memcpy(other, "0123456789abcdef", 17);
	cr_assert(mls__equal_ct(tag, mls__buf(other, 16)));
	cr_assert_not(mls__equal_ct(tag, mls__buf(other, 17)));
	cr_assert(mls__equal_ct(mls__buf(NULL, 0), mls__buf(other, 0)));
	for (i = 0; i < 16; i++) {
		cr_assert_not(mls__equal_ct(tag, mls__buf(other, i)));
		cr_assert_not(mls__equal_ct(mls__buf(other, i), tag));
	}
	for (i = 0; i < 16 * 8; i++) {
		other[i / 8] ^= (uint8_t)(1u << i % 8);
		cr_assert_not(mls__equal_ct(tag, mls__buf(other, 16)));
		cr_assert_not(mls__equal(tag, mls__buf(other, 16)));
		other[i / 8] ^= (uint8_t)(1u << i % 8);
	}
}

Test(secret, set)
{
	uint8_t in[MLS_MAX_HASH + 1];
	struct mls_secret s = { 0 };

	memset(in, 7, sizeof(in));
	cr_assert_eq(mls__secret_set(&s, mls__buf(in, MLS_MAX_HASH)), 0);
	cr_assert(mls__equal_ct(mls__secret_buf(&s),
	    mls__buf(in, MLS_MAX_HASH)));
	cr_assert_eq(mls__secret_set(&s, mls__buf(in, sizeof(in))),
	    MLS_E_SECRET_LENGTH);
	cr_assert_eq(s.len, MLS_MAX_HASH);

	/* A shorter one leaves nothing of the longer one. */
	cr_assert_eq(mls__secret_set(&s, mls__buf(in, 1)), 0);
	cr_assert_eq(s.len, 1);
	cr_assert_eq(s.data[1], 0);
	mls__secret_wipe(&s);
	cr_assert_eq(s.len, 0);
	cr_assert_eq(s.data[0], 0);
	mls__free_wiped(NULL, 3);
}

Test(alloc, arrays)
{
	void *p = NULL;
	unsigned *numbers;
	size_t cap = 0;

	cr_assert_null(mls__array_alloc(SIZE_MAX / 2, 3));
	numbers = mls__array_alloc(4, sizeof(*numbers));
	cr_assert_eq(numbers[3], 0);
	free(numbers);

	cr_assert_eq(mls__array_grow(&p, &cap, 3, sizeof(*numbers)), 0);
	cr_assert_geq(cap, 3);
	numbers = p;
	numbers[0] = 42;
	cr_assert_eq(mls__array_grow(&p, &cap, 100, sizeof(*numbers)), 0);
	cr_assert_geq(cap, 100);
	numbers = p;
	cr_assert_eq(numbers[0], 42);
	cr_assert_eq(numbers[99], 0);
	cr_assert_eq(mls__array_grow(&p, &cap, SIZE_MAX / 2, 4),
	    MLS_E_OUT_OF_MEMORY);
	cr_assert_eq(p, numbers);
	free(p);
}

Test(alloc, arena)
{
	struct mls_arena arena = { 0 };
	struct mls_buf out = { 0 };
	unsigned char *p;
	size_t i, k;

	/* Aligned, zeroed, and none overlaps another. */
	for (i = 0; i < 3000; i += 7) {
		p = mls__arena_alloc(&arena, i);
		cr_assert_not_null(p);
		cr_assert_eq((uintptr_t)p % sizeof(void *), 0);
		for (k = 0; k < i; k++)
			cr_assert_eq(p[k], 0);
		if (i != 0)
			memset(p, 0xff, i);
	}
	cr_assert_not_null(mls__arena_alloc(&arena, 100000));
	cr_assert_null(mls__arena_alloc(&arena, SIZE_MAX));
	cr_assert_null(mls__arena_alloc(&arena, SIZE_MAX - 64));
	cr_assert_null(mls__arena_array(&arena, SIZE_MAX / 2, 3));
	cr_assert_eq(mls__arena_copy(&out, &arena, mls__buf_str("abc")), 0);
	cr_assert(mls__equal(out, mls__buf_str("abc")));
	cr_assert_eq(mls__arena_copy(&out, &arena, mls__buf(NULL, 0)), 0);
	cr_assert_eq(out.len, 0);
	mls__arena_free(&arena);
	cr_assert_null(arena.blocks);
}

/* Every row is found by its number, and its text is fit to be shown. */
/* test_route.c forks; here the way of systems where no page tells. */
Test(compat, process)
{
	struct mls_process p, by_pid = { .pid = getpid() };
	struct mls_process parent = { .pid = getppid() };

	mls__compat_process(&p);
	cr_expect(mls__compat_process_same(&p));
	cr_expect(mls__compat_process_same(&by_pid));
	cr_expect_not(mls__compat_process_same(&parent));
	mls__compat_process_free(&p);
	mls__compat_process_free(&by_pid);
}

Test(error, table)
{
	const struct mls_error_info *info, *other;
	size_t i, k;
	int last = 0;

	for (i = 0; (info = mls_error_at(i)) != NULL; i++) {
		cr_assert_lt(info->code, last, "%s", info->name);
		last = info->code;
		cr_assert_eq(mls_error_info(info->code), info);
		cr_assert_str_eq(mls_strerror(info->code), info->text);
		cr_assert_str_not_empty(info->text);
		cr_assert_leq(strlen(info->text), 80, "%s", info->name);
		cr_assert_neq(info->text[strlen(info->text) - 1], '.');
		cr_assert_str_not_empty(info->rule);
		cr_assert_neq(info->family, 0);
		cr_assert_eq(info->family & (info->family - 1), 0);
		for (k = 0; (other = mls_error_at(k)) != info; k++) {
			cr_assert_str_neq(info->name, other->name);
			cr_assert_str_neq(info->text, other->text, "%s, %s",
			    info->name, other->name);
		}
	}
	cr_assert_gt(i, 250);
}

Test(error, unknown_numbers)
{
	cr_assert_null(mls_error_info(0));
	cr_assert_null(mls_error_info(1));
	cr_assert_null(mls_error_info(-1000));
	cr_assert_null(mls_error_info(INT_MIN));
	cr_assert_str_eq(mls_strerror(MLS_OK), "success");
	cr_assert_str_not_empty(mls_strerror(-1000));
	cr_assert_str_eq(mls_error_info(MLS_E_VARINT_BAD_PREFIX)->name,
	    "varint_bad_prefix");
	cr_assert_str_eq(mls_error_info(MLS_E_VARINT_BAD_PREFIX)->rule,
	    "WIRE-01");
}

Test(error, of_providers)
{
	cr_assert_eq(mls__error_of_status(MLS_P_OK), 0);
	cr_assert_eq(mls__error_of_status(MLS_P_NOMEM), MLS_E_OUT_OF_MEMORY);
	cr_assert_eq(mls__error_of_status(MLS_P_GONE), MLS_E_PROVIDER_FAILED);
	cr_assert_eq(mls__error_of_status(MLS_P_GONE + 1),
	    MLS_E_PROVIDER_CONTRACT);
	cr_assert_eq(mls__error_of_status(-12345), MLS_E_PROVIDER_CONTRACT);
	cr_assert_eq(mls__error_of_store(MLS_P_OK), 0);
	cr_assert_eq(mls__error_of_store(MLS_P_BUSY), MLS_E_STORE_BUSY);
	cr_assert_eq(mls__error_of_store(MLS_P_FULL), MLS_E_STORE_FULL);
	cr_assert_eq(mls__error_of_store(MLS_P_IO), MLS_E_STORE_IO);
	cr_assert_eq(mls__error_of_store(-12345), MLS_E_PROVIDER_CONTRACT);
}
