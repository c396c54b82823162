// SPDX-License-Identifier: MIT
#include <trimtab/liquidity/frictionless.hpp>

#include "laws/venue_laws.hpp"

namespace trimtab {
namespace {

using liquidity::frictionless;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

constexpr frictionless par{.price = 2000.0};
static_assert(par.amount_out(3.0) == 6000.0);
static_assert(par.amount_in(6000.0) == 3.0);
static_assert(par.marginal_price(1e9).value == 2000.0);
static_assert(par.marginal_slope(1e9) == 0.0);
static_assert(par.loss(1e9) == 0.0 && par.gas(1e9) == 0.0);
static_assert(par.after(5.0).price == 2000.0);

TEST(Frictionless, BelowItsPriceEverythingIsForSale) {
  EXPECT_EQ(par.amount_at(executable_price<double>{1999.0}), infinity);
  EXPECT_EQ(par.amount_at(executable_price<double>{2000.0}), 0.0);
  EXPECT_EQ(par.amount_at(executable_price<double>{2001.0}), 0.0);
}

}  // namespace

namespace laws {
namespace {

struct par_case {
  static constexpr double scale = 100.0, most_out = infinity;
  static constexpr frictionless venue() { return {.price = 1999.99}; }
  static venue_reference reference(long double x) { return {1999.99 * x, 1999.99, 0.0L}; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Frictionless, VenueLaws, par_case);

}  // namespace
}  // namespace laws

namespace {

TEST(Frictionless, ValidationNamesWhatIsWrong) {
  EXPECT_EQ(frictionless{}.validate(), errc::ok);
  EXPECT_EQ((frictionless{.price = 0.0}.validate()), errc::non_positive_price);
  EXPECT_EQ((frictionless{.price = -1.0}.validate()), errc::non_positive_price);
  EXPECT_EQ((frictionless{.price = nan}.validate()), errc::not_finite);
  EXPECT_EQ((frictionless{.price = infinity}.validate()), errc::not_finite);
}

}  // namespace
}  // namespace trimtab
