// SPDX-License-Identifier: MIT
#include <trimtab/sizing/flash_source.hpp>
#include <trimtab/sizing/restore_target.hpp>

#include "support/remedies.hpp"
#include <limits>

namespace trimtab {
namespace {

using liquidity::constant_product;
using sizing::flash_balance;
using sizing::flash_source;
using sizing::funding_mode;
using sizing::place;
using sizing::touched_places;

constexpr flash_balance stock[] = {{cases::debt_asset, 1e6}, {cases::collateral_asset, 50.0}};

TEST(FlashSource, AsksWhatItsContractDoes) {
  using namespace sizing;
  EXPECT_EQ(aave_v3_flash(1, stock).premium.count, 5.0);
  EXPECT_EQ(aave_v2_flash(1, stock).premium.count, 9.0);
  EXPECT_EQ(balancer_v2_flash(1, stock).premium.count, 0.0);
  EXPECT_EQ(morpho_flash(1, stock).premium.count, 0.0);
  EXPECT_EQ(uniswap_v3_flash(1, {30.0}, stock).premium.count, 30.0);
  EXPECT_EQ(maker_flash_mint(1, stock).premium.count, 0.0);
  // The pair asks for x·1000/997 back, rounded up to a unit.
  const double owed = 1e6 * (1.0 + uniswap_v2_flash(1, stock).premium.fraction());
  EXPECT_NEAR(owed * 997.0, 1e6 * 1000.0, 1e-3);
  for (const flash_source& s :
       {aave_v3_flash(1, stock), aave_v2_flash(1, stock), balancer_v2_flash(1, stock), morpho_flash(1, stock),
        uniswap_v3_flash(1, {30.0}, stock), uniswap_v2_flash(1, stock), maker_flash_mint(1, stock)})
    EXPECT_EQ(s.validate(), errc::ok);
}

TEST(FlashSource, MayNotBeUsedTwice) {
  using namespace sizing;
  const place pools[] = {7, 8};
  const touched_places touched{.venues = pools, .protocol = 3};
  for (const place where : {7U, 8U, 3U}) {
    EXPECT_FALSE(uniswap_v3_flash(where, {5.0}, stock).may_serve(touched));
    EXPECT_FALSE(uniswap_v2_flash(where, stock).may_serve(touched));
    EXPECT_FALSE(balancer_v2_flash(where, stock).may_serve(touched));
    EXPECT_TRUE(aave_v3_flash(where, stock).may_serve(touched));
    EXPECT_TRUE(morpho_flash(where, stock).may_serve(touched));
    EXPECT_TRUE(maker_flash_mint(where, stock).may_serve(touched));
  }
  EXPECT_TRUE(uniswap_v3_flash(9, {5.0}, stock).may_serve(touched));
  EXPECT_TRUE(uniswap_v3_flash(0, {5.0}, stock).may_serve(touched)) << "no place is touched by nothing";
}

TEST(FlashSource, LendsWhatItHas) {
  const flash_source s{.balances = stock};
  EXPECT_EQ(s.available(cases::debt_asset), 1e6);
  EXPECT_EQ(s.available(cases::other_debt), 0.0);
  EXPECT_EQ((flash_source{.premium = {-1.0}}.validate()), errc::bad_configuration);
  EXPECT_EQ((flash_source{.premium = {std::nan("")}}.validate()), errc::bad_configuration);
  EXPECT_EQ((flash_source{.gas_units = infinity}.validate()), errc::negative_amount);
  const flash_balance nan[] = {{cases::debt_asset, std::nan("")}};
  EXPECT_EQ((flash_source{.balances = nan}.validate()), errc::negative_amount);
}

TEST(FlashSource, APositionsOwnReserveLendsAndHandsOutTheSameTokens) {
  const cases::desk plain;
  const constant_product pool{.reserve_in = 1e5, .reserve_out = 2e8};
  auto p = plain.problem(pool);
  p.collateral_limits.withdrawable = 2.0;
  const touched_places touched{.protocol = 3};
  const auto own = funded(p, sizing::aave_v3_flash(3, stock), funding_mode::flash_collateral, touched);
  const auto s = sizing::restore_target{}.size(own);
  ASSERT_EQ(s.status, errc::infeasible);
  EXPECT_EQ(s.binding, sizing::limit::withdrawable);
  // x lent and x·(1 + f) withdrawn while it is out.
  EXPECT_NEAR(s.trade.sold * (2.0 + 5e-4), 2.0, 1e-12);
  const auto other = funded(p, sizing::aave_v3_flash(4, stock), funding_mode::flash_collateral, touched);
  const auto t = sizing::restore_target{}.size(other);
  EXPECT_GT(t.trade.sold, s.trade.sold);
  // A loan of the debt goes into that reserve before anything comes out of it.
  const auto debt = funded(p, sizing::aave_v3_flash(3, stock), funding_mode::flash_debt, touched);
  EXPECT_EQ(debt.collateral_limits.withdrawable, 2.0);
  EXPECT_EQ(debt.debt_limits.flash_loan_available, 1e6);
  EXPECT_EQ(debt.funding.premium.count, 5.0);
  auto with_gas = sizing::aave_v3_flash(3, stock);
  with_gas.gas_units = 9e4;
  EXPECT_EQ(funded(p, with_gas, funding_mode::flash_debt, touched).gas.transaction_gas, 9e4);
}

}  // namespace
}  // namespace trimtab
