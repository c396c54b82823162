// SPDX-License-Identifier: MIT
#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/sizing/least_root.hpp>

#include "support/remedies.hpp"

namespace trimtab {
namespace {

using liquidity::constant_price;
using liquidity::constant_product;
using sizing::curve;
using sizing::least_root;
using sizing::size_equation;
using verdict = sizing::size_root::verdict;

TEST(LeastRoot, IsTheClosedFormOfAPool) {
  test::random_numbers draw(65);
  int reached = 0, depth = 0, pole = 0, capped = 0;
  for (int i = 0; i < 20'000; ++i) {
    const constant_product pool = cases::random_pool(draw, draw.log_uniform(1e-6, 1e6), draw.log_uniform(1e-6, 1e9));
    const double price = pool.marginal_price(0.0).value;
    const size_equation q{1.0, price * draw.uniform(0.2, 1.05), pool.reserve_out * draw.log_uniform(1e-9, 1.0)};
    const double cap = pool.reserve_in * draw.log_uniform(1e-3, 1e3);
    const auto ours = least_root(q, pool, cap), closed = solve(q, curve<constant_product>(pool), cap);
    // The closed form is right to a few ulps of the boundary; so is this.
    const double best = pool.best_value(executable_price<double>{q.give});
    if (std::fabs(best - q.deficit) < 1e-12 * q.deficit) continue;
    ASSERT_EQ(ours.what, closed.what) << i;
    if (ours.what == verdict::reached) {
      ++reached;
      ASSERT_LE(std::fabs(ours.x - closed.x), 1e-13 * closed.x * larger(1.0, price / ours.slope)) << i;
      ASSERT_GE(pool.amount_out(ours.x) - q.deficit - q.give * ours.x, 0.0);
    }
    depth += ours.what == verdict::depth ? 1 : 0;
    pole += ours.what == verdict::pole ? 1 : 0;
    capped += ours.what == verdict::cap_reached ? 1 : 0;
  }
  EXPECT_GT(reached, 1000);
  EXPECT_GT(depth, 100);
  EXPECT_GT(pole, 100);
  EXPECT_GT(capped, 100);
}

TEST(LeastRoot, TellsTheBoundaryOfWhatAPoolGivesToTwelveDigits) {
  const constant_product pool{.reserve_in = 1e3, .reserve_out = 2e6};
  const size_equation q{1.0, 1500.0, 0.0};
  const double most = pool.best_value(executable_price<double>{1500.0});
  EXPECT_EQ(least_root({1.0, 1500.0, most * (1.0 - 1e-12)}, pool, 1e9).what, verdict::reached);
  EXPECT_EQ(least_root({1.0, 1500.0, most * (1.0 + 1e-12)}, pool, 1e9).what, verdict::depth);
  EXPECT_EQ(least_root(q, pool, 1e9).x, 0.0) << "nothing is lacking";
}

TEST(LeastRoot, OfFlatAndKinkedVenues) {
  const liquidity::frictionless any{2.0};
  EXPECT_EQ(least_root({1.0, 1.0, 3.0}, any, 10.0).x, 3.0);
  EXPECT_EQ(least_root({1.0, 1.0, 3.0}, any, 2.0).what, verdict::cap_reached);
  EXPECT_EQ(least_root({1.0, 2.0, 3.0}, any, 10.0).what, verdict::pole);
  const constant_price quote{.price = 2.0, .cap = 5.0};
  EXPECT_EQ(least_root({1.0, 1.0, 3.0}, quote, 10.0).x, 3.0);
  EXPECT_EQ(least_root({1.0, 1.0, 5.5}, quote, 10.0).what, verdict::depth);
  EXPECT_EQ(least_root({1.0, 1.0, 5.5}, quote, 10.0).x, 5.0);
}

/// Pays nothing for the first unit and well beyond it: concave nowhere near 0.
struct reluctant : constant_product {
  static constexpr bool always_concave = false;
  template <Scalar S>
  constexpr S amount_out(const S& x) const noexcept {
    return constant_product::amount_out<S>(larger<S>(literal<S>(0.0), x - literal<S>(1.0)));
  }
  [[nodiscard]] constexpr reluctant after(double x) const noexcept { return {constant_product::after(x)}; }
};

TEST(LeastRoot, LooksPastWhereAnOddVenueFallsFirst) {
  const reluctant odd{{.reserve_in = 100.0, .reserve_out = 300.0, .fee = {0.0}}};
  const size_equation q{1.0, 1.0, 10.0};
  const auto found = least_root(q, odd, 200.0);
  ASSERT_EQ(found.what, verdict::reached);
  EXPECT_NEAR(odd.amount_out(found.x), found.x + 10.0, 1e-12);
  for (double x = 0.01; x < found.x * (1.0 - 1e-9); x += 0.01) ASSERT_LT(odd.amount_out(x), x + 10.0);
  EXPECT_EQ(least_root({1.0, 1.0, 1e3}, odd, 200.0).what, verdict::depth);
}

TEST(SizeAtAverage, IsTheLastSizeAtThatPrice) {
  test::random_numbers draw(66);
  for (int i = 0; i < 20'000; ++i) {
    const constant_product pool = cases::random_pool(draw, draw.log_uniform(1e-6, 1e6), draw.log_uniform(1e-6, 1e9));
    const double floor = pool.marginal_price(0.0).value * draw.uniform(0.3, 1.1);
    const double cap = pool.reserve_in * draw.log_uniform(1e-6, 1e3);
    const double x = sizing::size_at_average(pool, floor, cap);
    // R₂/(a + x) = floor
    const double exact = smaller(cap, larger(0.0, pool.reserve_out / floor - pool.depth()));
    ASSERT_LE(std::fabs(x - exact), 1e-12 * pool.depth()) << i;
    ASSERT_GE(pool.amount_out(x), floor * x);
  }
  EXPECT_EQ(sizing::size_at_average(liquidity::frictionless{1.0}, 1.1, 5.0), 0.0);
  EXPECT_EQ(sizing::size_at_average(liquidity::frictionless{1.0}, 0.9, 5.0), 5.0);
  const constant_price quote{.price = 2.0, .cap = 5.0};
  EXPECT_DOUBLE_EQ(sizing::size_at_average(quote, 1.0, 50.0), 10.0) << "beyond the cap nothing more comes out";
}

}  // namespace
}  // namespace trimtab
