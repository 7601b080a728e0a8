/* SPDX-License-Identifier: MIT */
#include "crypto_basics.h"
#include "crypto_fixture.h"

#include "crypto/call.h"
#include "crypto/forms.h"
#include "crypto/labels.h"

TestSuite(forms, .init = set_up, .fini = tear_down);

Test(forms, CRYPT_04_nist_signature_keys)
{
	size_t i;

	for (i = 1; i < BASICS; i++) {
		const struct mls_suite *s = suite(basics[i].suite);
		struct bytes pub = hex(basics[i].sign_pub), bad;

		cr_assert_eq(mls__check_signature_key(s,
		    mls__buf(pub.data, pub.len - 1)),
		    MLS_E_SIGNATURE_KEY_INVALID);
		cr_assert_eq(mls__check_signature_key(s, mls__buf(NULL, 0)),
		    MLS_E_SIGNATURE_KEY_INVALID);
		bad = pub;
		bad.len++;
		cr_assert_eq(mls__check_signature_key(s, BUF(bad)),
		    MLS_E_SIGNATURE_KEY_INVALID);
		bad = pub;
		bad.data[0] = 0x02;
		bad.len = 1 + pub.len / 2;
		cr_assert_eq(mls__check_signature_key(s, BUF(bad)),
		    MLS_E_SIGNATURE_KEY_INVALID);
		bad = pub;
		bad.data[0] = 0x06; /* hybrid */
		cr_assert_eq(mls__check_signature_key(s, BUF(bad)),
		    MLS_E_SIGNATURE_KEY_INVALID);
		bad = pub;
		bad.data[bad.len - 1] ^= 1; /* off the curve */
		cr_assert_eq(mls__check_signature_key(s, BUF(bad)),
		    MLS_E_SIGNATURE_KEY_INVALID);
	}
}

/* Where the KEM is of another curve, verification tells. */
Test(forms, nist_signature_key_beside_another_kem)
{
	const struct mls_suite *s = suite(2);
	struct mls_suite_row row = *s->row;
	struct mls_suite other = *s;
	struct bytes pub = hex(basics[1].sign_pub);

	row.kem = MLS_KEM_X25519;
	other.row = &row;
	cr_assert_eq(mls__check_signature_key(&other, BUF(pub)), 0);
	pub.data[64] ^= 1;
	cr_assert_eq(mls__check_signature_key(&other, BUF(pub)),
	    MLS_E_SIGNATURE_KEY_INVALID);
}

/* Ed25519 keys of order 1, 2, 4 and 8 with both signs, and y >= p. */
Test(forms, CRYPT_04_edwards_keys)
{
	static const char *const bad[] = {
		"0100000000000000000000000000000000000000000000000000000000000000",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"0000000000000000000000000000000000000000000000000000000000000000",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	};
	const struct mls_suite *s = suite(1);
	struct bytes b = hex(basics[0].sign_pub);
	size_t i;

	cr_assert_eq(mls__check_signature_key(s, BUF(b)), 0);
	b.data[31] ^= 0x80; /* the other sign is a point as well */
	cr_assert_eq(mls__check_signature_key(s, BUF(b)), 0);
	b.len = 31;
	cr_assert_eq(mls__check_signature_key(s, BUF(b)),
	    MLS_E_SIGNATURE_KEY_INVALID);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		b = hex(bad[i]);
		cr_assert_eq(mls__check_signature_key(s, BUF(b)),
		    MLS_E_SIGNATURE_KEY_INVALID, "%s", bad[i]);
		b.data[31] |= 0x80;
		cr_assert_eq(mls__check_signature_key(s, BUF(b)),
		    MLS_E_SIGNATURE_KEY_INVALID, "%s", bad[i]);
	}
	/* The neighbour of a refused y. */
	b = hex("ebffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
	    "ff7f");
	cr_assert_eq(mls__form_sign_key(MLS_SIG_ED25519, BUF(b)), 0);
	b = hex("0000000000000000000000000000000000000000000000000000000000"
	    "000001");
	cr_assert_eq(mls__form_sign_key(MLS_SIG_ED25519, BUF(b)), 0);
	b = hex("0200000000000000000000000000000000000000000000000000000000"
	    "000000");
	cr_assert_eq(mls__form_sign_key(MLS_SIG_ED25519, BUF(b)), 0);
}

/* A little-endian Ed448 number: `low` first, then `fill`, `mid` at 28. */
static struct bytes
ed448(int low, int fill, int mid, int sign)
{
	struct bytes b = { .len = 57 };

	memset(b.data, fill, 56);
	b.data[0] = (uint8_t)low;
	b.data[28] = (uint8_t)mid;
	b.data[56] = (uint8_t)sign;
	return b;
}

Test(forms, CRYPT_04_goldilocks_keys)
{
	struct {
		struct bytes key;
		int good;
	} v[] = {
		{ ed448(0x00, 0x00, 0x00, 0x00), 0 }, /* 0 */
		{ ed448(0x00, 0x00, 0x00, 0x80), 0 },
		{ ed448(0x01, 0x00, 0x00, 0x00), 0 }, /* 1 */
		{ ed448(0x01, 0x00, 0x00, 0x80), 0 },
		{ ed448(0x02, 0x00, 0x00, 0x80), 1 },
		{ ed448(0x02, 0x00, 0x00, 0x01), 0 }, /* a stray bit */
		{ ed448(0xfd, 0xff, 0xfe, 0x00), 1 }, /* p - 2 */
		{ ed448(0xfe, 0xff, 0xfe, 0x00), 0 }, /* p - 1 */
		{ ed448(0xff, 0xff, 0xfe, 0x00), 0 }, /* p */
		{ ed448(0xff, 0xff, 0xff, 0x80), 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(v) / sizeof(v[0]); i++)
		cr_assert_eq(mls__form_sign_key(MLS_SIG_ED448, BUF(v[i].key)),
		    v[i].good ? 0 : MLS_E_SIGNATURE_KEY_INVALID, "row %zu",
		    i);
}

Test(forms, CRYPT_05_strict_der)
{
	static const struct {
		const char *sig;
		int good;
	} v[] = {
		{ "3006020101020101", 1 },
		{ "3006020101020101" "00", 0 },     /* behind */
		{ "3007020101020101" "00", 0 },     /* inside */
		{ "3006020101" "0201", 0 },         /* cut */
		{ "3006020101" "020201", 0 },       /* overrun */
		{ "3005020101" "020101", 0 },       /* too short */
		{ "3106020101020101", 0 },          /* another tag */
		{ "3006030101020101", 0 },
		{ "308106020101020101", 0 },        /* BER lengths */
		{ "30820006020101020101", 0 },
		{ "3080020101020101" "0000", 0 },
		{ "3007028101" "01020101", 0 },
		{ "3007020200" "01020101", 0 },     /* padding */
		{ "3007020200" "80020101", 1 },     /* needed zero */
		{ "3006020180020101", 0 },          /* negative */
		{ "3006020100020101", 0 },          /* zero */
		{ "3006020101020100", 0 },
		{ "30050200020101", 0 },            /* empty */
		{ "3003020101", 0 },                /* one number */
		{ "3009020101020101020101", 0 },    /* three */
		{ "", 0 },
		{ "30", 0 },
		{ "3000", 0 },
		{ "3081", 0 },
		/* n - 1 and n, n as s; 33 octets that are too many */
		{ "3026022100ffffffff00000000ffffffffffffffff"
		  "bce6faada7179e84f3b9cac2fc632550020101", 1 },
		{ "3026022100ffffffff00000000ffffffffffffffff"
		  "bce6faada7179e84f3b9cac2fc632551020101", 0 },
		{ "3026020101022100ffffffff00000000ffffffffffffffff"
		  "bce6faada7179e84f3b9cac2fc632551", 0 },
		{ "3026020101022101000000000000000000000000000000000"
		  "000000000000000000000000000000001", 0 },
	};
	struct bytes b;
	size_t i;

	for (i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		b = hex(v[i].sig);
		cr_assert_eq(mls__form_signature(MLS_SIG_ECDSA_P256, BUF(b)),
		    v[i].good ? 0 : MLS_E_ECDSA_SIGNATURE_MALFORMED,
		    "row %zu", i);
	}
	/* raw r and s */
	memset(b.data, 0x30, 64);
	b.len = 64;
	cr_assert_eq(mls__form_signature(MLS_SIG_ECDSA_P256, BUF(b)),
	    MLS_E_ECDSA_SIGNATURE_MALFORMED);
	/* The long form is right for P-521 alone. */
	b = hex(basics[2].signature);
	cr_assert_eq(b.data[1], 0x81);
	cr_assert_eq(mls__form_signature(MLS_SIG_ECDSA_P521, BUF(b)), 0);
	cr_assert_eq(mls__form_signature(MLS_SIG_ECDSA_P256, BUF(b)),
	    MLS_E_ECDSA_SIGNATURE_MALFORMED);
}

Test(forms, CRYPT_06_strict_eddsa)
{
	static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63,
		0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
		[31] = 0x10 };
	struct bytes b = hex(basics[0].signature), long_, bad;
	unsigned sum, carry = 0, i;

	cr_assert_eq(mls__form_signature(MLS_SIG_ED25519, BUF(b)), 0);
	long_ = b;
	long_.len = 65;
	cr_assert_eq(mls__form_signature(MLS_SIG_ED25519, BUF(long_)),
	    MLS_E_EDDSA_SIGNATURE_MALFORMED);
	long_.len = 63;
	cr_assert_eq(mls__form_signature(MLS_SIG_ED25519, BUF(long_)),
	    MLS_E_EDDSA_SIGNATURE_MALFORMED);
	bad = b; /* S + L */
	for (i = 0; i < 32; i++) {
		sum = bad.data[32 + i] + order[i] + carry;
		bad.data[32 + i] = (uint8_t)sum;
		carry = sum >> 8;
	}
	cr_assert_eq(mls__form_signature(MLS_SIG_ED25519, BUF(bad)),
	    MLS_E_EDDSA_SIGNATURE_MALFORMED);
	memcpy(bad.data + 32, order, 32); /* S = L, and L - 1 */
	cr_assert_eq(mls__form_signature(MLS_SIG_ED25519, BUF(bad)),
	    MLS_E_EDDSA_SIGNATURE_MALFORMED);
	bad.data[32]--;
	cr_assert_eq(mls__form_signature(MLS_SIG_ED25519, BUF(bad)), 0);
	bad = b; /* R the neutral point */
	memset(bad.data, 0, 32);
	bad.data[0] = 1;
	cr_assert_eq(mls__form_signature(MLS_SIG_ED25519, BUF(bad)),
	    MLS_E_EDDSA_SIGNATURE_MALFORMED);

	/* Ed448: 114 octets, and nothing in the last. */
	memset(&b, 0, sizeof(b));
	b.len = 114;
	b.data[0] = 2;
	cr_assert_eq(mls__form_signature(MLS_SIG_ED448, BUF(b)), 0);
	b.data[113] = 1;
	cr_assert_eq(mls__form_signature(MLS_SIG_ED448, BUF(b)),
	    MLS_E_EDDSA_SIGNATURE_MALFORMED);
	b.data[113] = 0;
	b.data[112] = 0x40;
	cr_assert_eq(mls__form_signature(MLS_SIG_ED448, BUF(b)),
	    MLS_E_EDDSA_SIGNATURE_MALFORMED);
}
