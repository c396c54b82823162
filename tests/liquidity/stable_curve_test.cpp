// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/stable_curve.hpp>
#include <trimtab/liquidity/stable_swap.hpp>

#include "support/tolerance.hpp"
#include <cmath>

namespace trimtab {
namespace {

liquidity::stable_curve curve_of(double in, double out, double amplification) {
  liquidity::stable_pool pool{.coins = 2, .amplification = amplification};
  pool.balances[0] = in, pool.balances[1] = out;
  return *pool.between(0, 1);
}

// What a trade leaves is on the invariant it left: x + y − q and q·x·y are what they were.
TEST(StableCurve, TradesStayOnTheCurve) {
  for (const double in : {1e-3, 1.0, 50.0})
    for (const double amplification : {0.1, 10.0, 1000.0}) {
      const auto curve = curve_of(in, 1.0, amplification);
      const long double sum = static_cast<long double>(in) + 1.0L - curve.pull();
      const long double product = static_cast<long double>(curve.pull()) * in;
      for (double t = 1e-9; t < 1e3; t *= 3.0) {
        const auto left = curve.after(t);
        const long double scale = static_cast<long double>(left.in) + left.out + left.pull + in + 1.0L + curve.pull();
        EXPECT_LE(std::fabs(static_cast<long double>(left.in) + left.out - left.pull - sum), 1e-14L * scale) << t;
        EXPECT_NEAR(static_cast<double>(static_cast<long double>(left.pull) * left.in * left.out / product), 1.0,
                    1e-13);
        EXPECT_NEAR(curve.paid(t) + left.out, 1.0, 4e-16) << t;
        EXPECT_LE(std::fabs(curve.needed(curve.paid(t)) - t), 1e-13 * (t + curve.paid(t) / curve.price(t))) << t;
        const double h = 1e-5 * t, slope = (curve.paid(t + h) - curve.paid(t - h)) / (2.0 * h);
        if (t > 1e-3 * in && curve.paid(t) < 0.5) {
          EXPECT_NEAR(curve.price(t) / slope, 1.0, 1e-5) << t;
        }
      }
    }
}

TEST(StableCurve, TheCurveTurnsOnceAndWhereBothBalancesAreEqual) {
  // 1/√price is concave before, convex after: fitted pieces rest on it.
  for (const double in : {1e-3, 0.1, 0.7}) {
    for (const double amplification : {0.01, 1.0, 100.0, 1e4}) {
      const auto curve = curve_of(in, 1.0, amplification);
      const double turn = curve.amount_at(1.0);
      EXPECT_TRUE(test::close(curve.after(turn).in, curve.after(turn).out, 1e-12));
      const auto phi = [&](double t) { return 1.0 / std::sqrt(curve.price(t)); };
      for (double t = 1e-2 * in; t < 30.0; t *= 1.07) {
        if (std::fabs(t / turn - 1.0) < 0.1) continue;
        const double h = 1e-3 * t, bow = phi(t + h) - 2.0 * phi(t) + phi(t - h);
        if (std::fabs(bow) < 1e-13 * phi(t)) continue;  // straight as far as can be seen
        EXPECT_EQ(bow > 0.0, t > turn) << in << " " << amplification << " " << t;
      }
    }
  }
}

}  // namespace
}  // namespace trimtab
