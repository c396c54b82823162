// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/sizing/problem.hpp>

#include "support/cases.hpp"
#include <limits>
#include <set>
#include <string>
#include <type_traits>

namespace {

using namespace trimtab;
using sizing::limit;

static_assert(std::is_trivially_copyable_v<sizing::trade>);
static_assert(std::is_trivially_copyable_v<sizing::sized>);
static_assert(std::is_trivially_copyable_v<sizing::problem<liquidity::frictionless>>);
static_assert(sizing::cost{1.0, 2.0, 3.0, 4.0}.total() == 10.0);
static_assert(!sizing::sized{}.has_value() && sizing::sized{}.status == errc::bad_configuration,
              "nothing said is no trade");
static_assert(sizing::trade{}.towards == direction::none && sizing::trade{}.sold == 0.0);

constexpr errc checked(double target, double fair, double premium) {
  const cases::worked w;
  const liquidity::frictionless venue{1.0};
  auto p = w.problem(venue);
  p.target = target;
  p.fair_rate = fair;
  p.funding.premium = {premium};
  return check(p);
}
static_assert(checked(1.25, 1.0, 5.0) == errc::ok);
static_assert(checked(1.0, 1.0, 5.0) == errc::bad_configuration);
static_assert(checked(1.25, 0.0, 5.0) == errc::non_positive_price);
static_assert(checked(1.25, 1.0, -5.0) == errc::bad_configuration);

TEST(Problem, EveryLimitHasItsOwnName) {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(limit::category); ++i) names.insert(name(static_cast<limit>(i)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(limit::category) + 1);
  EXPECT_STREQ(name(limit::none), "none");
  EXPECT_STREQ(name(limit::pole), "pole");
  EXPECT_STREQ(name(limit::flash_loan), "flash_loan");
  EXPECT_STREQ(name(limit::health_floor), "health_floor");
  EXPECT_STREQ(name(limit::borrow_form), "borrow_form");
  EXPECT_STREQ(name(limit::minimum_debt), "minimum_debt");
  EXPECT_STREQ(name(limit::chunk), "chunk");
  EXPECT_STREQ(name(limit::wallet), "wallet");
  EXPECT_STREQ(name(limit::category), "category");
}

TEST(Problem, ANumberThatIsNoneIsNamed) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(checked(nan, 1.0, 0.0), errc::not_finite);
  EXPECT_EQ(checked(infinity, 1.0, 0.0), errc::not_finite);
  EXPECT_EQ(checked(1.25, nan, 0.0), errc::not_finite);
  EXPECT_EQ(checked(1.25, infinity, 0.0), errc::not_finite);
  EXPECT_EQ(checked(1.25, 1.0, nan), errc::bad_configuration);
}

TEST(Problem, TheVenuesOwnComplaintIsPassedOn) {
  const cases::worked w;
  const liquidity::constant_product drained{.reserve_in = 0.0, .reserve_out = 1.0};
  EXPECT_EQ(check(w.problem(drained)), drained.validate());
  EXPECT_EQ(check(w.problem(drained)), errc::negative_amount);
  const liquidity::frictionless priceless{std::numeric_limits<double>::quiet_NaN()};
  EXPECT_EQ(check(w.problem(priceless)), errc::not_finite);
}

}  // namespace
