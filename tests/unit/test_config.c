/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "plugin/config.h"
#include "plugin/text.h"

static const struct mls_section *
section(const struct mls_config *c, const char *kind, const char *name)
{
	return mls__config_section(c, kind, name);
}

static const char *
value(const struct mls_section *s, const char *key)
{
	const struct mls_setting *set = mls__config_get(s, key);

	return set != NULL ? set->value : "(none)";
}

Test(config, merges_files)
{
	struct mls_config c = { 0 };

	cr_assert_eq(mls__config_parse(&c, "a.conf", mls__buf_str(
	    "# note\n\n[mls]\nself-test = first\r\n"
	    "[provider acme-hsm]\nmodule=/opt/acme.so\n\tx-slot =\t2 \n"
	    "[suite MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519]\n"
	    "crypto = a, b\nkem = c")), 0);
	cr_assert_eq(mls__config_parse(&c, "b.conf", mls__buf_str(
	    "[suite 1]\nkem=0x0020\n[provider acme-hsm]\nx-slot = 3\n"
	    "x-empty =\n[mls]\nself-test = never")), 0);
	cr_assert_str_eq(value(section(&c, "mls", ""), "self-test"), "never");
	cr_assert_str_eq(value(section(&c, "provider", "acme-hsm"), "x-slot"),
	    "3");
	cr_assert_str_eq(value(section(&c, "provider", "acme-hsm"),
	    "x-empty"), "");
	cr_assert_str_eq(value(section(&c, "provider", "acme-hsm"), "module"),
	    "/opt/acme.so");
	/* A number and a list are two things. */
	cr_assert_str_eq(value(section(&c, "suite", "0x0001"), "kem"), "c");
	cr_assert_str_eq(value(section(&c, "suite", "0x0001"), "kem-id"),
	    "0x0020");
	cr_assert_eq(mls__config_get(section(&c, "mls", ""),
	    "self-test")->line, 7);
	mls__config_free(&c);
}

static const struct {
	const char *text, *message;
	int error;
} bad[] = {
	{ "\n[provider acme-hsm]\nmodul = x\n",
	    "f:3: unknown key 'modul' in [provider acme-hsm]; did you mean "
	    "'module'?", MLS_E_CONFIG_UNKNOWN },
	{ "[route]\nfrobnicate = x\n",
	    "f:2: unknown key 'frobnicate' in [route]; there are crypto, kem, "
	    "aead, hash, sign, verify, keystore, rng, executor, "
	    "verify-with",
	    MLS_E_CONFIG_UNKNOWN },
	{ "[rout]\n", "f:1: unknown section [rout]; did you mean [route]?",
	    MLS_E_CONFIG_UNKNOWN },
	{ "[provider]\n", "f:1: [provider] lacks a name: [provider NAME]",
	    MLS_E_CONFIG_SYNTAX },
	{ "[mls x]\n", "f:1: [mls] takes no name: write [mls]",
	    MLS_E_CONFIG_SYNTAX },
	{ "[provider 0x1]\n", "f:1: [provider 0x1]: a name is letters, "
	    "digits, '.', '_' and '-', and starts with a letter",
	    MLS_E_CONFIG_SYNTAX },
	{ "[suite nope]\n", "f:1: [suite nope]: expected a number as 0x0001 "
	    "or the IANA name of a suite of RFC 9420", MLS_E_CONFIG_UNKNOWN },
	{ "[mls\n", "f:1: section header without ']' at the end of the line",
	    MLS_E_CONFIG_SYNTAX },
	{ "[mls]\n\nself-test\n",
	    "f:3: expected 'key = value', '[section]' or '# comment'",
	    MLS_E_CONFIG_SYNTAX },
	{ "module = x\n", "f:1: 'module' stands before the first [section]",
	    MLS_E_CONFIG_SYNTAX },
	{ "[route]\ncrypto = a\n[mls]\n[route]\ncrypto = b\n",
	    "f:5: duplicate key, first at line 2", MLS_E_CONFIG_SYNTAX },
	{ "[mls]\nself-test = frist\n", "f:2: [mls] self-test = 'frist': "
	    "expected first, always or never", MLS_E_CONFIG_SYNTAX },
	{ "[mls]\nself-test = first # x\n",
	    "f:2: [mls] self-test = 'first # x': expected first, always or "
	    "never (a comment stands on a line of its own)",
	    MLS_E_CONFIG_SYNTAX },
	{ "[route]\ncrypto = a b\n", "f:2: [route] crypto = 'a b': expected "
	    "provider names with commas between them", MLS_E_CONFIG_SYNTAX },
	{ "[route]\ncrypto = a,\n", "f:2: [route] crypto = 'a,': expected "
	    "provider names with commas between them", MLS_E_CONFIG_SYNTAX },
	{ "[route]\ncrypto =\n", "f:2: [route] crypto = '': has no value",
	    MLS_E_CONFIG_SYNTAX },
	{ "[provider a]\nmodule = ./a.so\n", "f:2: [provider a] module = "
	    "'./a.so': expected an absolute path, or a bare file name that is "
	    "looked up in the provider folder", MLS_E_CONFIG_SYNTAX },
	{ "[provider a]\ncritical = true\n", "f:2: [provider a] critical = "
	    "'true': expected yes or no", MLS_E_CONFIG_SYNTAX },
	{ "[suite 0xF042]\nkdf = 0x10000\n", "f:2: [suite 0xF042] kdf = "
	    "'0x10000': expected a number as 0x0001", MLS_E_CONFIG_SYNTAX },
	{ "[suite 0xf042]\nsignature = rsa\n", "f:2: [suite 0xF042] signature "
	    "= 'rsa': expected a TLS SignatureScheme, by name or number",
	    MLS_E_CONFIG_SYNTAX },
	{ "# ok\n[mls]\n# \xc3\x28\n", "f:3: not UTF-8 text",
	    MLS_E_CONFIG_SYNTAX },
	{ "[mls]\n# \xed\xa0\x80\n", "f:2: not UTF-8 text",
	    MLS_E_CONFIG_SYNTAX },
	{ "[mls]\n# \x01\n", "f:2: not UTF-8 text", MLS_E_CONFIG_SYNTAX },
};

Test(config, messages)
{
	struct mls_config c;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		c = (struct mls_config){ 0 };
		cr_expect_eq(mls__config_parse(&c, "f",
		    mls__buf_str(bad[i].text)), bad[i].error, "%s",
		    bad[i].text);
		cr_expect_str_eq(c.error, bad[i].message);
		mls__config_free(&c);
	}
}

/* No prefix of a text may upset the parser, nor any one changed octet. */
Test(config, survives_anything)
{
	static const char text[] = "[mls]\nself-test = first\n[suite 0xF042]\n"
	    "kem = 0x647A\nsignature = ed25519\n[provider a]\nx-y = \xc3\xa9\n";
	char copy[sizeof(text)];
	struct mls_config c;
	size_t i, len;
	int v;

	for (len = 0; len < sizeof(text); len++) {
		char *exact = malloc(len + 1);

		memcpy(exact, text, len);
		c = (struct mls_config){ 0 };
		mls__config_parse(&c, "f", mls__buf(exact, len));
		mls__config_free(&c);
		free(exact);
	}
	for (i = 0; i < sizeof(text) - 1; i++)
		for (v = 0; v < 256; v += 5) {
			memcpy(copy, text, sizeof(text));
			copy[i] = (char)v;
			c = (struct mls_config){ 0 };
			mls__config_parse(&c, "f",
			    mls__buf(copy, sizeof(text) - 1));
			mls__config_free(&c);
		}
}

Test(config, suggestions)
{
	static const char *const words[] = { "module", "critical", "aead",
		NULL };

	cr_assert_str_eq(mls__suggest("moduel", words), "module");
	cr_assert_str_eq(mls__suggest("ctirical", words), "critical");
	cr_assert_null(mls__suggest("keystore", words));
	cr_assert_null(mls__suggest("", words));
}

Test(config, numbers)
{
	uint16_t n;

	cr_assert(mls__number16(&n, "0xffff") && n == 0xffff);
	cr_assert(mls__number16(&n, "10") && n == 10);
	cr_assert_not(mls__number16(&n, "65536"));
	cr_assert_not(mls__number16(&n, "0x"));
	cr_assert_not(mls__number16(&n, "1f"));
	cr_assert_not(mls__number16(&n, "-1"));
}
