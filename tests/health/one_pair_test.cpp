// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/health_factor.hpp>
#include <trimtab/health/one_pair.hpp>

#include <cmath>
#include <limits>

namespace trimtab {
namespace {

constexpr asset_id weth{1}, usdc{2}, stranger{3};
constexpr health::pair_side backing{weth, 0.5, {0}}, owing{usdc, 1.25, {1}};

account<> of(std::initializer_list<holding> holdings) {
  account<> a;
  for (const holding& h : holdings) static_cast<void>(a.add(h));
  return a;
}

TEST(OnePair, KnowsTwoAssetsEachOnItsSideOnly) {
  const auto says = [](std::initializer_list<holding> h) { return health::validate_pair(of(h), weth, usdc); };
  EXPECT_EQ(says({}), errc::ok);
  EXPECT_EQ(says({{.asset = weth, .collateral = 1.0}, {.asset = usdc, .debt = 1.0}}), errc::ok);
  EXPECT_EQ(says({{.asset = weth, .debt = 1.0}}), errc::asset_mismatch);
  EXPECT_EQ(says({{.asset = usdc, .collateral = 1.0}}), errc::asset_mismatch);
  EXPECT_EQ(says({{.asset = stranger}}), errc::asset_mismatch);
}

TEST(OnePair, ListsWhatTheAccountListsAndNothingElse) {
  const double quoted[] = {2000.0, 1.0};
  const oracle_prices<double> prices(quoted);
  const auto both = health::pair_form<double>(of({{.asset = usdc, .debt = 400.0}, {.asset = weth, .collateral = 2.0}}),
                                              backing, owing);
  EXPECT_EQ(health_factor(both, prices), 2000.0 / 500.0);
  EXPECT_EQ(both.collateral.find(weth)->slot, price_slot{0});
  EXPECT_EQ(both.debt.find(usdc)->slot, price_slot{1});
  const auto opening = health::pair_form<double>(of({{.asset = weth}, {.asset = usdc}}), backing, owing);
  EXPECT_EQ(opening.collateral.size(), 1U) << "with nothing, so that a sizer can open it";
  EXPECT_EQ(opening.debt.size(), 1U);
  EXPECT_EQ(health::pair_form<double>(account<>{}, backing, owing).collateral.size(), 0U);
  const auto unread = health::pair_form<double>(
      of({{.asset = weth, .collateral = 2.0}, {.asset = usdc, .debt = std::numeric_limits<double>::quiet_NaN()}}),
      backing, owing);
  EXPECT_TRUE(std::isnan(health_factor(unread, prices))) << "never no debt";
}

}  // namespace
}  // namespace trimtab
