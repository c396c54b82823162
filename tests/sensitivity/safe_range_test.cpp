// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sensitivity.hpp>

#include "support/instrument_books.hpp"
#include <cmath>
#include <limits>
#include <tuple>

namespace trimtab {
namespace {

using sensitivity::safe_range_of;
using token_leg = instrument::leg<instrument::token>;

TEST(SafeRange, OfATokenEndsAtItsLiquidationPrice) {
  const token_leg legs[] = {{{}, {0}}, {{}, {1}}};
  form<> f;  // 8 · ½ · p against 2000
  static_cast<void>(f.collateral.add({8.0, 0.5, {0}, {1}}));
  static_cast<void>(f.debt.add({2000.0, 1.0, {1}, {2}}));
  const double world[] = {1000.0, 1.0};
  const auto of_collateral = safe_range_of(f, std::span<const token_leg>(legs), world, 0);
  ASSERT_TRUE(of_collateral.has_value());
  EXPECT_NEAR(of_collateral->low, 500.0, 1e-12);
  EXPECT_TRUE(of_collateral->ends_below);
  EXPECT_FALSE(of_collateral->ends_above);
  EXPECT_LE(of_collateral->residual, 1e-15);
  const auto of_debt = safe_range_of(f, std::span<const token_leg>(legs), world, 1);
  ASSERT_TRUE(of_debt.has_value());
  EXPECT_FALSE(of_debt->ends_below);
  EXPECT_NEAR(of_debt->high, 2.0, 1e-15);
}

TEST(SafeRange, APoolShareAgainstADebtInOneOfItsTokensEndsOnBothSides) {
  // 0.8 · 2·L·√p against half a token at p and 60 in cash: 160·√p = 80p + 60 at √p = ½ and 1½.
  using leg = instrument::leg<instrument::one_of<instrument::token, instrument::constant_product_share>>;
  const leg legs[] = {{instrument::constant_product_share{.liquidity = 100.0}, {0, 1}},
                      {instrument::token{}, {0}},
                      {instrument::token{}, {1}}};
  form<> f;
  static_cast<void>(f.collateral.add({1.0, 0.8, {0}, {1}}));
  static_cast<void>(f.debt.add({80.0, 1.0, {1}, {2}}));
  static_cast<void>(f.debt.add({60.0, 1.0, {2}, {3}}));
  const double world[] = {1.0, 1.0};
  const auto range = safe_range_of(f, std::span<const leg>(legs), world, 0);
  ASSERT_TRUE(range.has_value());
  EXPECT_NEAR(range->low, 0.25, 1e-15);
  EXPECT_NEAR(range->high, 2.25, 1e-14);
  EXPECT_TRUE(range->ends_below && range->ends_above);
}

TEST(SafeRange, ADebtThatIsWorthNothingTodayIsADebt) {
  // 100 in cash against ten calls struck at 120, without volatility: nothing is owed until 120, and 100 at 130.
  using leg = instrument::leg<instrument::one_of<instrument::token, instrument::option>>;
  const leg legs[] = {{instrument::token{}, {1}}, {instrument::option{.strike = 120.0}, {0}}};
  form<> f;
  static_cast<void>(f.collateral.add({100.0, 1.0, {0}, {1}}));
  static_cast<void>(f.debt.add({10.0, 1.0, {1}, {2}}));
  const double world[] = {100.0, 1.0};
  const auto range = safe_range_of(f, std::span<const leg>(legs), world, 0);
  ASSERT_TRUE(range.has_value());
  EXPECT_TRUE(range->ends_above);
  EXPECT_NEAR(range->high, 130.0, 1e-12);
  EXPECT_FALSE(range->ends_below);
  EXPECT_LE(range->residual, 1e-14);
}

TEST(SafeRange, ADebtThatTurnsIntoAnAssetIsNoLiquidationPrice) {
  // 100 in cash against a perpetual owed, entered at 90: an asset below that, and 100 of debt at 190.
  using leg = instrument::leg<instrument::one_of<instrument::token, instrument::linear_perp>>;
  const leg legs[] = {{instrument::token{}, {1}}, {instrument::linear_perp{.units = 1.0, .entry_price = 90.0}, {0}}};
  form<> f;
  static_cast<void>(f.collateral.add({100.0, 1.0, {0}, {1}}));
  static_cast<void>(f.debt.add({1.0, 1.0, {1}, {2}}));
  for (const double now : {100.0, 90.0, 50.0}) {
    const double world[] = {now, 1.0};
    const auto range = safe_range_of(f, std::span<const leg>(legs), world, 0);
    ASSERT_TRUE(range.has_value()) << now;
    EXPECT_FALSE(range->ends_below) << now << " " << range->low;
    EXPECT_TRUE(range->ends_above) << now;
    EXPECT_NEAR(range->high, 190.0, 1e-12) << now;
    EXPECT_LE(range->residual, 1e-14) << now;
  }
}

TEST(SafeRange, NoLiquidationPriceIsCloserOnRandomBooks) {
  test::random_numbers random(20221108);
  int ends = 0, tried = 0;
  for (int n = 0; n < 800; ++n) {
    test::instrument_book book(random);
    const std::size_t which = random.below(3);
    const auto range = safe_range_of(book.f, book.view(), book.world, which, {.down = 0.05, .up = 20.0});
    if (book.health(book.world) < 1.0) {
      EXPECT_EQ(range.error(), errc::infeasible);
      continue;
    }
    ASSERT_TRUE(range.has_value()) << name(range.error());
    ++tried;
    const auto health_at = [&](double price) {
      auto u = book.world;
      u[which] = price;
      return book.health(u);
    };
    for (int k = 1; k < 500; ++k) {
      const double price = range->low + (range->high - range->low) * k / 500.0;
      EXPECT_GE(health_at(price), 1.0 - 1e-12) << n;
    }
    for (const auto& [is_end, price, out] : {std::tuple{range->ends_below, range->low, 1.0 - 1e-9},
                                             std::tuple{range->ends_above, range->high, 1.0 + 1e-9}}) {
      if (!is_end) continue;
      ++ends;
      EXPECT_NEAR(health_at(price), 1.0, 1e-13) << n;
      EXPECT_LT(health_at(price * out), 1.0) << n;
    }
  }
  EXPECT_GT(tried, 200);
  EXPECT_GT(ends, 100);
}

TEST(SafeRange, WithoutDebtEverythingIsSafe) {
  const token_leg legs[] = {{{}, {0}}};
  form<> f;
  static_cast<void>(f.collateral.add({8.0, 0.5, {0}, {1}}));
  const double world[] = {1000.0};
  const auto range = safe_range_of(f, std::span<const token_leg>(legs), world, 0);
  ASSERT_TRUE(range.has_value());
  EXPECT_EQ(range->low, 0.0);
  EXPECT_EQ(range->high, infinity);
  static_cast<void>(f.debt.add({0.0, 1.0, {0}, {1}}));
  EXPECT_EQ(safe_range_of(f, std::span<const token_leg>(legs), world, 0)->high, infinity)
      << "a debt of nothing is none";
}

TEST(SafeRange, BadInputIsNamed) {
  const token_leg legs[] = {{{}, {0}}};
  form<> f;
  static_cast<void>(f.collateral.add({8.0, 0.5, {0}, {1}}));
  static_cast<void>(f.debt.add({1.0, 1.0, {0}, {1}}));
  const double world[] = {1000.0}, nan[] = {std::numeric_limits<double>::quiet_NaN()};
  const auto error = [&](std::span<const double> w, std::size_t which, sensitivity::search_span span = {}) {
    return safe_range_of(f, std::span<const token_leg>(legs), w, which, span).error();
  };
  EXPECT_EQ(error(world, 0), errc::ok);
  EXPECT_TRUE(std::isnan(safe_range_of(f, std::span<const token_leg>(legs), nan, 0)->low)) << "unasked, not safe";
  EXPECT_EQ(error(world, 1), errc::size_mismatch);
  EXPECT_EQ(error(nan, 0), errc::not_finite);
  EXPECT_EQ(error(world, 0, {.down = 2.0, .up = 3.0}), errc::bad_configuration);
  f.debt[0].slot = {1};
  EXPECT_EQ(error(world, 0), errc::size_mismatch);
}

}  // namespace
}  // namespace trimtab
