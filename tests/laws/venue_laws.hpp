// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <trimtab/liquidity/concept.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <cmath>
#include <limits>
#include <vector>

namespace trimtab::laws {

/// A venue's curve at one point, by another road: in 80 bits, from the definition.
struct venue_reference {
  long double out;       ///< y(x)
  long double marginal;  ///< dy/dx, from the left at a kink
  long double loss;      ///< p₀·x − y, formed without cancellation
};

/// What the last amounts that a venue takes buy is not, by a rounding, more than anything could.
template <class V>
void last_amounts_have_a_cost(const V& venue) {
  const double most = venue.capacity();
  ASSERT_LT(most, infinity);
  for (int ulps = 0; ulps < 8; ++ulps) {
    const double x = most * (1.0 - ulps * 0x1p-53), back = venue.amount_in(venue.amount_out(x));
    EXPECT_LE(back, most * (1.0 + 1e-15)) << "capacity " << most << ", " << ulps << " below";
  }
}

/// @brief What every venue obeys. A case has
///
/// - `static V venue()`, constexpr or not
/// - `static constexpr double scale`     a size that matters to it: its reserve, its cap
/// - `static constexpr double most_out`  all it can ever pay; infinity where there is no such thing
/// - `static constexpr double tolerance` relative, where the formula takes more than a few ulps; may be left out
/// - `static venue_reference reference(long double x)`
template <class Case>
class VenueLaws : public testing::Test {
protected:
  static inline const auto subject = Case::venue();
  static constexpr int sizes = 2000;
  static constexpr double formula = [] {
    if constexpr (requires { Case::tolerance; }) {
      return static_cast<double>(Case::tolerance);
    } else {
      return test::tolerance<double>::formula;
    }
  }();
  static constexpr double route = larger(formula, test::tolerance<double>::route);

  /// Sizes from 1e-15 to 1e3 of the scale, and the scale itself.
  template <class F>
  static void for_sizes(F visit) {
    test::random_numbers random(20240805);
    visit(Case::scale);
    for (int i = 0; i < sizes; ++i) visit(Case::scale * random.log_uniform(1e-15, 1e3));
  }
  /// How much x moves when y moves by one part in one: what a round trip through y can lose.
  static double inverse_condition(double x) {
    const double slope = subject.marginal_price(x).value;
    return x + (slope > 0.0 ? subject.amount_out(x) / slope : 0.0);
  }
};
TYPED_TEST_SUITE_P(VenueLaws);

TYPED_TEST_P(VenueLaws, IsAVenueWithSoundNumbers) {
  const auto& venue = TestFixture::subject;
  static_assert(Venue<decltype(TypeParam::venue())>);
  static_assert(std::is_trivially_copyable_v<decltype(TypeParam::venue())>);
  EXPECT_EQ(venue.validate(), errc::ok);
  EXPECT_EQ(venue.amount_out(0.0), 0.0);
  EXPECT_EQ(venue.amount_in(0.0), 0.0);
  EXPECT_EQ(venue.loss(0.0), 0.0);
  EXPECT_EQ(venue.gas(0.0), 0.0);
  EXPECT_GT(venue.capacity(), 0.0);
  EXPECT_GT(venue.marginal_price(0.0).value, 0.0);
}

TYPED_TEST_P(VenueLaws, AgreesWithEightyBitArithmeticToAFewUlps) {
  this->for_sizes([](double x) {
    const venue_reference exact = TypeParam::reference(x);
    EXPECT_LE(std::fabs(TestFixture::subject.amount_out(x) - exact.out), TestFixture::formula * exact.out) << x;
    EXPECT_LE(std::fabs(TestFixture::subject.marginal_price(x).value - exact.marginal),
              TestFixture::formula * exact.marginal)
        << x;
    EXPECT_LE(std::fabs(TestFixture::subject.loss(x) - exact.loss), TestFixture::formula * std::fabs(exact.loss)) << x;
  });
}

TYPED_TEST_P(VenueLaws, PaysMoreForMoreAndNeverMoreThanItHas) {
  test::random_numbers random(20200312);
  for (int i = 0; i < TestFixture::sizes; ++i) {
    const double x = TypeParam::scale * random.log_uniform(1e-15, 1e12), more = x * random.uniform(1.0, 10.0);
    EXPECT_GE(TestFixture::subject.amount_out(more), TestFixture::subject.amount_out(x)) << x;
    EXPECT_GT(TestFixture::subject.amount_out(x), 0.0) << x;
    EXPECT_LE(TestFixture::subject.amount_out(more), TypeParam::most_out) << more;
  }
}

TYPED_TEST_P(VenueLaws, IsConcaveAndItsMarginalPriceIsASupergradient) {
  test::random_numbers random(20220509);
  const auto& venue = TestFixture::subject;
  for (int i = 0; i < TestFixture::sizes; ++i) {
    const double a = TypeParam::scale * random.log_uniform(1e-9, 1e3),
                 b = TypeParam::scale * random.log_uniform(1e-9, 1e3);
    const double ya = venue.amount_out(a), yb = venue.amount_out(b);
    EXPECT_GE(venue.amount_out(0.5 * (a + b)), 0.5 * (ya + yb) * (1.0 - TestFixture::formula)) << a << " " << b;
    EXPECT_LE(yb, ya + venue.marginal_price(a).value * (b - a) + TestFixture::route * (ya + yb)) << a << " " << b;
    EXPECT_LE(venue.marginal_price(a < b ? b : a).value, venue.marginal_price(a < b ? a : b).value);
    if constexpr (Smooth<decltype(TypeParam::venue())>) {
      EXPECT_LE(venue.marginal_slope(a), 0.0);
    }
  }
}

TYPED_TEST_P(VenueLaws, WhatItPaysForAnAmountCostsThatAmount) {
  this->for_sizes([](double x) {
    if (x > TestFixture::subject.capacity()) return;
    const double back = TestFixture::subject.amount_in(TestFixture::subject.amount_out(x));
    EXPECT_LE(std::fabs(back - x), TestFixture::formula * TestFixture::inverse_condition(x)) << x;
  });
  if (TypeParam::most_out < infinity) {
    EXPECT_EQ(TestFixture::subject.amount_in(TypeParam::most_out * 1.001), infinity);
  }
  if (TestFixture::subject.capacity() < infinity) last_amounts_have_a_cost(TestFixture::subject);
}

TYPED_TEST_P(VenueLaws, TheAmountAtAMarginalPriceIsThatAmount) {
  const auto& venue = TestFixture::subject;
  this->for_sizes([&](double x) {
    if (x > venue.capacity()) return;
    const auto price = venue.marginal_price(x);
    if constexpr (Smooth<decltype(TypeParam::venue())>) {
      const double slope = venue.marginal_slope(x);
      if (slope == 0.0) return;  // a price that does not move says nothing about the amount
      EXPECT_LE(std::fabs(venue.amount_at(price) - x), TestFixture::formula * (x + price.value / -slope)) << x;
    } else {  // on a flat piece the amount is any of those with this price
      const double above = venue.amount_at({price.value * (1.0 + TestFixture::route)});
      const double below = venue.amount_at({price.value * (1.0 - TestFixture::route)});
      EXPECT_LE(above, x * (1.0 + TestFixture::route)) << x;
      EXPECT_GE(below, x * (1.0 - TestFixture::route)) << x;
    }
  });
  EXPECT_EQ(venue.amount_at(venue.marginal_price(0.0)), 0.0);
  EXPECT_EQ(venue.amount_at(executable_price<double>{2.0 * venue.marginal_price(0.0).value}), 0.0);
}

TYPED_TEST_P(VenueLaws, NoAmountBeatsTheAmountAtAPrice) {
  test::random_numbers random(20210519);
  const auto& venue = TestFixture::subject;
  for (int i = 0; i < TestFixture::sizes; ++i) {
    const double price = venue.marginal_price(0.0).value * random.uniform(0.01, 1.2);
    const double best = venue.amount_at(executable_price<double>{price});
    if (best == infinity) continue;
    const double other = TypeParam::scale * random.log_uniform(1e-6, 1e3);
    const double gain = venue.amount_out(best) - price * best, instead = venue.amount_out(other) - price * other;
    EXPECT_LE(instead, gain + TestFixture::route * (price * (best + other))) << price << " " << other;
    const double value = venue.best_value(executable_price<double>{price});
    EXPECT_GE(value, 0.0);
    EXPECT_LE(std::fabs(value - gain), TestFixture::route * venue.amount_out(best)) << price;
  }
}

TYPED_TEST_P(VenueLaws, LossIsWhatTheFirstPriceWouldHavePaidMore) {
  const auto& venue = TestFixture::subject;
  this->for_sizes([&](double x) {
    const double first = venue.marginal_price(0.0).value * x;
    EXPECT_GE(venue.loss(x), 0.0);
    EXPECT_LE(std::fabs((first - venue.amount_out(x)) - venue.loss(x)), TestFixture::formula * first) << x;
  });
}

TYPED_TEST_P(VenueLaws, AfterATradeTheRestIsNoBetterThanInOneGo) {
  test::random_numbers random(20230310);
  const auto& venue = TestFixture::subject;
  for (int i = 0; i < TestFixture::sizes; ++i) {
    const double x = TypeParam::scale * random.log_uniform(1e-6, 1e2),
                 z = TypeParam::scale * random.log_uniform(1e-6, 1e2);
    const auto left = venue.after(x);
    const double whole = venue.amount_out(x + z);
    EXPECT_LE(venue.amount_out(x) + left.amount_out(z), whole * (1.0 + TestFixture::route)) << x << " " << z;
    EXPECT_GE(left.amount_out(z), 0.0);
    EXPECT_LE(left.marginal_price(0.0).value, venue.marginal_price(0.0).value);
    EXPECT_LE(left.capacity(), venue.capacity());
    EXPECT_EQ(venue.after(0.0).amount_out(z), venue.amount_out(z));
  }
}

TYPED_TEST_P(VenueLaws, SegmentsAreTheCurve) {
  using V = decltype(TypeParam::venue());
  const auto& venue = TestFixture::subject;
  std::vector<liquidity::segment<>> pieces(venue.segment_count());
  const std::size_t count = venue.segments(pieces);
  ASSERT_LE(count, pieces.size());
  ASSERT_GT(count, 0U);
  if constexpr (Pieced<V>) {
    ASSERT_LE(count, V::max_segments);
  }
  const double error = segment_error_of(venue, pieces.size());
  EXPECT_EQ(venue.segments({}), 0U);
  double room = 0.0, before = infinity;
  for (std::size_t i = 0; i < count; ++i) {
    room += pieces[i].capacity;
    EXPECT_GE(pieces[i].curvature, 0.0);
    EXPECT_LE(pieces[i].price, before * (1.0 + TestFixture::formula));
    before = pieces[i].marginal_price(pieces[i].capacity);
  }
  if (error > 0.0) {
    EXPECT_LE(room, venue.capacity());
  } else {
    EXPECT_TRUE(test::close(room, venue.capacity(), TestFixture::formula)) << room;
  }
  this->for_sizes([&](double x) {
    double left = x, paid = 0.0, price = 0.0;
    for (std::size_t i = 0; i < count && left > 0.0; ++i) {
      const double here = left < pieces[i].capacity ? left : pieces[i].capacity;
      paid += pieces[i].amount_out(here);
      price = pieces[i].marginal_price(here);
      left -= here;
    }
    const double exact = venue.amount_out(x);
    EXPECT_LE(paid, exact * (1.0 + TestFixture::formula)) << x;
    EXPECT_GE(paid, exact * (1.0 - TestFixture::formula) - error) << x;
    if (error == 0.0 && x < venue.capacity()) {
      EXPECT_LE(std::fabs(price - venue.marginal_price(x).value), TestFixture::formula * price) << x;
    }
  });
}

TYPED_TEST_P(VenueLaws, NaNIsNeverAnAmount) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto& venue = TestFixture::subject;
  EXPECT_TRUE(std::isnan(venue.amount_out(nan)));
  EXPECT_EQ(venue.best_value(executable_price<double>{infinity}), 0.0);
  EXPECT_FALSE(std::isfinite(venue.amount_in(nan)));
  EXPECT_EQ(venue.amount_at(executable_price<double>{nan}), 0.0) << "no trade is asked for at no price";
}

REGISTER_TYPED_TEST_SUITE_P(VenueLaws, IsAVenueWithSoundNumbers, AgreesWithEightyBitArithmeticToAFewUlps,
                            PaysMoreForMoreAndNeverMoreThanItHas, IsConcaveAndItsMarginalPriceIsASupergradient,
                            WhatItPaysForAnAmountCostsThatAmount, TheAmountAtAMarginalPriceIsThatAmount,
                            NoAmountBeatsTheAmountAtAPrice, LossIsWhatTheFirstPriceWouldHavePaidMore,
                            AfterATradeTheRestIsNoBetterThanInOneGo, SegmentsAreTheCurve, NaNIsNeverAnAmount);

}  // namespace trimtab::laws
