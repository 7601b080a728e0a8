/* SPDX-License-Identifier: MIT */
/* Values out of JSON, and checks. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "libmls/mls.h"
#include "vectors.h"

bool
vec_fail(struct vec *v, const char *field, const char *why)
{
	if (!v->failed) {
		v->failed = true;
		snprintf(v->where, sizeof(v->where), "%s", field);
		snprintf(v->why, sizeof(v->why), "%s", why);
	}
	return false;
}

void
vec_print(const struct vec *v, const char *format, ...)
{
	const json_t *suite = json_object_get(v->json, "cipher_suite");
	va_list ap;

	printf("%s: case %zu", v->file, v->index);
	if (json_is_integer(suite))
		printf(", suite %lld", (long long)json_integer_value(suite));
	printf(": ");
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	printf("\n");
}

const char *
vec_error_name(int rc)
{
	const struct mls_error_info *info = mls_error_info(rc);

	return info != NULL ? info->name : "no error";
}

bool
vec_ok(struct vec *v, const char *field, int rc)
{
	v->checks++;
	if (rc == 0)
		return true;
	if (!v->failed)
		v->error = rc;
	return vec_fail(v, field, vec_error_name(rc));
}

bool
vec_true(struct vec *v, const char *field, bool holds)
{
	v->checks++;
	return holds || vec_fail(v, field, "does not hold");
}

bool
vec_equal(struct vec *v, const char *field, struct mls_buf got,
    struct mls_buf want)
{
	char why[128];

	v->checks++;
	if (mls__equal(got, want))
		return true;
	snprintf(why, sizeof(why), "differs (%zu octets, expected %zu)",
	    got.len, want.len);
	return vec_fail(v, field, why);
}

bool
vec_same(struct vec *v, const char *field, uint64_t got, uint64_t want)
{
	char why[128];

	v->checks++;
	if (got == want)
		return true;
	snprintf(why, sizeof(why), "is %llu, expected %llu",
	    (unsigned long long)got, (unsigned long long)want);
	return vec_fail(v, field, why);
}

bool
vec_expect(struct vec *v, const json_t *in, const char *field,
    struct mls_buf got)
{
	return vec_equal(v, field, got, vec_hex(v, in, field));
}

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

struct mls_buf
vec_hex_of(struct vec *v, const json_t *text, const char *field)
{
	struct mls_buf none = { NULL, 0 };
	const char *s = json_string_value(text);
	size_t i, len = json_string_length(text) / 2;
	uint8_t *p = mls__arena_alloc(&v->arena, len);

	if (s == NULL || json_string_length(text) % 2 != 0 || p == NULL) {
		vec_fail(v, field, "is no hex string");
		return none;
	}
	for (i = 0; i < len; i++) {
		if (digit(s[2 * i]) < 0 || digit(s[2 * i + 1]) < 0) {
			vec_fail(v, field, "is no hex string");
			return none;
		}
		p[i] = (uint8_t)(digit(s[2 * i]) << 4 | digit(s[2 * i + 1]));
	}
	return mls__buf(p, len);
}

struct mls_buf
vec_hex(struct vec *v, const json_t *in, const char *field)
{
	return vec_hex_of(v, json_object_get(in, field), field);
}

struct mls_secret
vec_secret(struct vec *v, const json_t *in, const char *field)
{
	struct mls_secret s = { 0 };

	vec_ok(v, field, mls__secret_set(&s, vec_hex(v, in, field)));
	return s;
}

const char *
vec_text(struct vec *v, const json_t *in, const char *field)
{
	const char *s = json_string_value(json_object_get(in, field));

	if (s == NULL) {
		vec_fail(v, field, "is no string");
		return "";
	}
	return s;
}

uint64_t
vec_number(struct vec *v, const json_t *in, const char *field)
{
	const json_t *n = json_object_get(in, field);

	if (!json_is_integer(n)) {
		vec_fail(v, field, "is no number");
		return 0;
	}
	return (uint64_t)json_integer_value(n);
}

const json_t *
vec_object(struct vec *v, const json_t *in, const char *field)
{
	const json_t *o = json_object_get(in, field);

	if (!json_is_object(o))
		vec_fail(v, field, "is no object");
	return o;
}

const json_t *
vec_array(struct vec *v, const json_t *in, const char *field)
{
	const json_t *a = json_object_get(in, field);

	if (!json_is_array(a))
		vec_fail(v, field, "is no array");
	return a;
}

bool
vec_absent(const json_t *in, const char *field)
{
	const json_t *value = json_object_get(in, field);

	return value == NULL || json_is_null(value);
}

const json_t *
vec_list(struct vec *v, const json_t *in, const char *field)
{
	return vec_absent(in, field) ? NULL : vec_array(v, in, field);
}

struct mls_privkey *
vec_key(struct vec *v, uint16_t role, struct mls_buf priv, const char *field)
{
	struct mls_privkey *key = NULL;

	vec_ok(v, field, mls__key_import(&key, v->suite, role, priv));
	return key;
}
