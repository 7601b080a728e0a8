/* SPDX-License-Identifier: MIT */
/* The evercrypt provider where the processor has no instructions for AES. */
#define _XOPEN_SOURCE 700
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include <EverCrypt_AutoConfig2.h>

#include "plugin/plugins.h"

void __real_EverCrypt_AutoConfig2_init(void);
void __wrap_EverCrypt_AutoConfig2_init(void);

void
__wrap_EverCrypt_AutoConfig2_init(void)
{
	__real_EverCrypt_AutoConfig2_init();
	EverCrypt_AutoConfig2_disable_aesni();
}

extern const struct mls_provider mls_provider_1;

/* Whether the line that says it was logged, and at which level the worst. */
struct heard {
	bool aes;
	int worst;
};

static void
listen(void *payload, int level, const char *text)
{
	struct heard *h = payload;

	if (level == MLS_LOG_INFO &&
	    strstr(text, "evercrypt: AES-GCM is not offered") != NULL)
		h->aes = true;
	if (level < h->worst)
		h->worst = level;
}

static int
serves(struct mls_plugins *p, uint16_t suite, uint16_t role)
{
	struct mls_route route;

	return mls__plugins_route(&route, p, mls__plugins_row(p, suite), role);
}

Test(evercrypt_old, aes_is_not_offered)
{
	const struct mls_provider *const statics[] = { &mls_provider_1, NULL };
	struct heard heard = { false, MLS_LOG_DEBUG };
	struct mls_plugins_options o = { .no_files = true,
		.config_text = "[route]\ncrypto = evercrypt\n",
		.provider_dir = "/nonexistent", .statics = statics,
		.log = listen, .payload = &heard };
	const struct mls_alg *row;
	struct mls_plugins *p;
	uint16_t role;
	void *ctx;
	size_t n;

	cr_assert_eq(mls_provider_1.init(NULL, NULL, 0, &ctx), MLS_P_OK);
	n = mls_provider_1.crypto->algorithms(ctx, &row);
	cr_expect_eq(n, 10);
	for (; n > 0; n--, row++)
		cr_expect(row->role != MLS_ROLE_AEAD || row->id == 3);
	mls_provider_1.fini(ctx);
	setenv("MLS_LOG", "info", 1);
	cr_assert_eq(mls__plugins_new(&p, &o), 0);
	for (role = MLS_ROLE_KEM; role <= MLS_ROLE_VERIFY; role++)
		cr_expect_eq(serves(p, 3, role), 0, "%u", role);
	cr_expect(heard.aes);
	cr_expect_gt(heard.worst, MLS_LOG_WARNING);
	for (role = MLS_ROLE_KEM; role <= MLS_ROLE_VERIFY; role++)
		cr_expect_eq(serves(p, 2, role), role == MLS_ROLE_AEAD ?
		    MLS_E_PROVIDER_MISSING : 0, "%u", role);
	mls__plugins_free(p);
}
