// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/instrument/vault_share.hpp>

#include "laws/instrument_laws.hpp"
#include <cstdint>
#include <limits>

namespace trimtab {
namespace {

using instrument::vault_share;

constexpr double two_thousand[] = {2000.0};
constexpr vault_share grown{.total_assets = 1100.0, .total_supply = 1000.0};
static_assert(grown.rate() == 1.1 && grown.value<double>(two_thousand) == 2200.0);
static_assert(grown.at<double>(two_thousand).gradient[0] == 1.1 && grown.at<double>(two_thousand).gamma(0, 0) == 0.0);
static_assert(vault_share{}.validate() == errc::ok && vault_share{}.value<double>(two_thousand) == 2000.0);

TEST(VaultShare, AnEmptyVaultStartsAtOneForOne) {
  const vault_share empty{.total_assets = 0.0, .total_supply = 0.0, .virtual_assets = 1e-6, .virtual_supply = 1e-6};
  EXPECT_EQ(empty.validate(), errc::ok);
  EXPECT_EQ(empty.rate(), 1.0);
}

TEST(VaultShare, IsTheContractsOwnIntegerUpToTheLastUnit) {
  // 12.345678 USDC (6 decimals) behind 9 shares of 6 + 3 decimals: floor(shares·(A + 1)/(S + 10³)).
  constexpr std::uint64_t assets = 12'345'678, supply = 9'000'000'000, shares = 1'000'000'000;
  constexpr std::uint64_t contract = shares * (assets + 1) / (supply + 1000);
  const vault_share v{.total_assets = 12.345678, .total_supply = 9.0, .virtual_assets = 1e-6, .virtual_supply = 1e-6};
  EXPECT_LE(static_cast<double>(contract) * 1e-6, v.rate());
  EXPECT_GT(static_cast<double>(contract + 1) * 1e-6, v.rate());
  // Without the virtual amounts one is not within that unit.
  const vault_share plain{.total_assets = 12.345678, .total_supply = 9.0};
  EXPECT_GT(plain.rate() - v.rate(), 1e-8);
}

TEST(VaultShare, ADonationHardlyMovesAVaultWithVirtualShares) {
  // One unit deposited, 10 000 tokens donated: the depositor owns all of it in a plain vault, half with offset 0.
  const vault_share plain{.total_assets = 10000.0 + 1e-18, .total_supply = 1e-18};
  vault_share guarded = plain;
  guarded.virtual_assets = guarded.virtual_supply = 1e-18;
  EXPECT_NEAR(guarded.rate() / plain.rate(), 0.5, 1e-15);
}

TEST(VaultShare, BadTermsAreNamed) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(vault_share{.total_assets = nan}.validate(), errc::not_finite);
  EXPECT_EQ(vault_share{.virtual_supply = infinity}.validate(), errc::not_finite);
  EXPECT_EQ(vault_share{.total_assets = -1.0}.validate(), errc::negative_amount);
  EXPECT_EQ(vault_share{.total_supply = -1.0}.validate(), errc::negative_amount);
  EXPECT_EQ(vault_share{.total_supply = 0.0}.validate(), errc::bad_configuration);
  EXPECT_EQ((vault_share{.total_assets = 1e300, .total_supply = 1e-300}.validate()), errc::not_finite);
}

struct vault_case {
  static constexpr bool homogeneous = true;
  static constexpr double scale_of_rounding = 1.0;
  static std::vector<vault_share> instruments() {
    return {{}, grown, {.total_assets = 5.0, .total_supply = 7e3, .virtual_assets = 1e-6, .virtual_supply = 1e-3}};
  }
  static std::vector<double> underlyings(const vault_share&, test::random_numbers& random) {
    return {random.log_uniform(1e-3, 1e5)};
  }
};

}  // namespace

namespace laws {
INSTANTIATE_TYPED_TEST_SUITE_P(VaultShare, InstrumentLaws, vault_case);
}  // namespace laws
}  // namespace trimtab
