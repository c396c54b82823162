// SPDX-License-Identifier: MIT
#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>

#include "laws/venue_laws.hpp"
#include <array>

namespace trimtab {
namespace {

using liquidity::constant_price;
using liquidity::constant_product;
using venue = liquidity::any_venue<constant_product, constant_price>;

constexpr constant_product pool{.reserve_in = 1e3, .reserve_out = 2e6, .fee = {30.0}, .gas_units = 1e5};
constexpr constant_price quote{.price = 1990.0, .cap = 5.0, .gas_units = 6e4};

/// Pays double after a day, or nothing at all: what a venue may say by its further members.
struct slow_and_odd : constant_price {
  static constexpr bool always_concave = false;
  [[nodiscard]] static constexpr seconds delay() noexcept { return seconds{86'400}; }
  [[nodiscard]] constexpr slow_and_odd after(double x) const noexcept { return {constant_price::after(x)}; }
  [[nodiscard]] static constexpr double segment_error(std::size_t pieces) noexcept {
    return 1.0 / static_cast<double>(pieces);
  }
};

TEST(AnyVenue, AnswersAsTheVenueInside) {
  const std::array<venue, 2> all{pool, quote};
  for (const double x : {1e-6, 1.0, 4.0, 70.0}) {
    EXPECT_EQ(all[0].amount_out(x), pool.amount_out(x));
    EXPECT_EQ(all[1].amount_out(x), quote.amount_out(x));
    EXPECT_EQ(all[0].after(x).amount_out(1.0), pool.after(x).amount_out(1.0));
    EXPECT_EQ(all[0].gas(x), pool.gas(x));
    EXPECT_EQ(all[1].loss(x), quote.loss(x));
    EXPECT_EQ(all[0].marginal_slope(x), pool.marginal_slope(x));
  }
  EXPECT_EQ(all[0].best_value({1900.0}), pool.best_value(executable_price<double>{1900.0}));
  EXPECT_EQ(all[1].capacity(), 5.0);
}

TEST(AnyVenue, PassesOnWhatElseTheVenueSays) {
  using any = liquidity::any_venue<constant_product, slow_and_odd>;
  static_assert(!is_concave<any>() && is_concave<venue>());
  static_assert(is_concave<constant_product>() && !is_concave<slow_and_odd>());
  const any slow = slow_and_odd{quote}, fast = pool;
  EXPECT_EQ(delay_of(slow), seconds{86'400});
  EXPECT_EQ(delay_of(slow.after(1.0)), seconds{86'400});
  EXPECT_EQ(delay_of(fast), seconds{0});
  EXPECT_EQ(segment_error_of(slow, 4), 0.25);
  EXPECT_EQ(segment_error_of(fast, 4), 0.0);
}

TEST(AnyVenue, BadNumbersInsideAreBadNumbers) {
  EXPECT_EQ(venue(constant_product{.reserve_in = -1.0, .reserve_out = 1.0}).validate(), errc::negative_amount);
  EXPECT_EQ(venue(constant_price{.price = 0.0}).validate(), errc::non_positive_price);
}

}  // namespace

namespace laws {
namespace {

struct pool_inside {
  static constexpr double scale = 1e3, most_out = 2e6;
  static trimtab::venue venue() { return pool; }
  static venue_reference reference(long double x) {
    const long double a = 1e3L / (1.0L - 0.003L), r = 2e6L;
    return {r * x / (a + x), r * a / ((a + x) * (a + x)), r / a * x * x / (a + x)};
  }
};
struct quote_inside {
  static constexpr double scale = 5.0, most_out = 5.0 * 1990.0;
  static trimtab::venue venue() { return quote; }
  static venue_reference reference(long double x) {
    const long double net = 1990.0L, cap = 5.0L;
    return {net * std::min(x, cap), x <= cap ? net : 0.0L, net * std::max(x - cap, 0.0L)};
  }
};
using either = testing::Types<pool_inside, quote_inside>;
INSTANTIATE_TYPED_TEST_SUITE_P(AnyVenue, VenueLaws, either);

}  // namespace
}  // namespace laws
}  // namespace trimtab
