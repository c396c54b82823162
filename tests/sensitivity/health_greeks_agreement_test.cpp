// SPDX-License-Identifier: MIT
// On 100,000 random accounts: closed form ≡ automatic differentiation ≡ central differences with their error estimate.
#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
#include <gtest/gtest.h>

#include <trimtab/interop/autodiff.hpp>
#include <trimtab/sensitivity.hpp>

#include "support/books.hpp"
#include <algorithm>
#include <cmath>
#include <cstdio>

namespace trimtab {
namespace {

using boost::math::differentiation::make_ftuple;
using boost::math::differentiation::make_fvar;
using single = decltype(make_fvar<double, 2>(1.0));
using pair_of = decltype(make_fvar<double, 1, 1>(1.0));

constexpr int accounts = 100'000;
constexpr double eps = std::numeric_limits<double>::epsilon();

template <class S>
form<S> form_of(const form<>& f) {
  form<S> out;
  for (const term<>& t : f.collateral)
    static_cast<void>(out.collateral.add({literal<S>(t.amount), literal<S>(t.weight), t.slot, t.asset}));
  for (const term<>& t : f.debt)
    static_cast<void>(out.debt.add({literal<S>(t.amount), literal<S>(t.weight), t.slot, t.asset}));
  return out;
}

struct health {
  static constexpr const char* name = "health";
  template <class S>
  static S value(const form<S>& f, oracle_prices<S> p) {
    return health_factor(f, p);
  }
  static auto closed(const form<>& f, oracle_prices<double> p) { return sensitivity::health_greeks<4>(f, p); }
};
struct log_of_health {
  static constexpr const char* name = "log health";
  template <class S>
  static S value(const form<S>& f, oracle_prices<S> p) {
    return log_health(f, p);
  }
  static auto closed(const form<>& f, oracle_prices<double> p) { return sensitivity::log_health_greeks<4>(f, p); }
};
struct leverage {
  static constexpr const char* name = "leverage";
  template <class S>
  static S value(const form<S>& f, oracle_prices<S> p) {
    S held = literal<S>(0.0), owed = literal<S>(0.0);
    for (const term<S>& t : f.collateral) held = held + t.amount * p[t.slot].value;
    for (const term<S>& t : f.debt) owed = owed + t.amount * p[t.slot].value;
    return held / (held - owed);
  }
  static auto closed(const form<>& f, oracle_prices<double> p) { return sensitivity::leverage_greeks<4>(f, p); }
};

template <class F>
class Agreement : public testing::Test {};
using quantities = testing::Types<health, log_of_health, leverage>;
TYPED_TEST_SUITE(Agreement, quantities);

TYPED_TEST(Agreement, ClosedFormAutodiffAndDifferences) {
  constexpr bool of_leverage = std::is_same_v<TypeParam, leverage>;
  test::random_numbers random(20201126);
  double worst_gradient = 0.0, worst_hessian = 0.0, worst_bump = 0.0, worst_bump_hessian = 0.0;
  int compared = 0;
  for (int n = 0; n < accounts; ++n) {
    const test::random_book book(random);
    const auto g = TypeParam::closed(book.f, book.prices());
    // In log prices everything is of the order of the quantity, but for leverage L: its derivatives are of order L² and
    // L³, and a step has to be small next to 1/L.
    const double scale = std::max(1.0, std::fabs(g.value)), pole = of_leverage ? scale : 1.0;
    if (scale > 1e3) continue;
    ++compared;
    const double unit = eps * scale * pole, curved_unit = unit * pole;
    const auto singles = form_of<single>(book.f);
    const auto pairs = form_of<pair_of>(book.f);
    std::array<single, 4> p;
    std::array<pair_of, 4> q;
    for (std::size_t k = 0; k < 4; ++k) p[k] = single(book.p[k]), q[k] = pair_of(book.p[k]);
    for (std::size_t i = 0; i < 4; ++i) {
      p[i] = make_fvar<double, 2>(book.p[i]);
      const single along = TypeParam::value(singles, oracle_prices<single>(std::span<const single>(p)));
      p[i] = single(book.p[i]);
      const double by_price = book.p[i], by_both = by_price * by_price;
      worst_gradient = std::max(worst_gradient, std::fabs(along.derivative(1) - g.delta[i]) * by_price / unit);
      worst_hessian = std::max(worst_hessian, std::fabs(along.derivative(2) - g.gamma(i, i)) * by_both / curved_unit);
      for (std::size_t j = 0; j < i; ++j) {
        const auto both = make_ftuple<double, 1, 1>(book.p[i], book.p[j]);
        q[i] = std::get<0>(both), q[j] = std::get<1>(both);
        const pair_of mixed = TypeParam::value(pairs, oracle_prices<pair_of>(std::span<const pair_of>(q)));
        q[i] = pair_of(book.p[i]), q[j] = pair_of(book.p[j]);
        const double error = std::fabs(mixed.derivative(1, 1) - g.gamma(i, j)) * book.p[i] * book.p[j];
        worst_hessian = std::max(worst_hessian, error / curved_unit);
      }
      // Differences: the step halved says how far off they are, rounding included.
      const auto at = [&](double by) { return TypeParam::closed(book.f, book.moved(i, by * book.p[i]).prices()); };
      const double step = 1e-3 / pole;
      const auto up = at(step), down = at(-step), half_up = at(step / 2), half_down = at(-step / 2);
      const auto compare = [&](double wide, double narrow, double exact, double rounding, double& worst) {
        const double extrapolated = narrow + (narrow - wide) / 3.0;
        const double estimate = std::fabs(narrow - wide) / 3.0 + rounding;
        worst = std::max(worst, std::fabs(extrapolated - exact) / estimate);
      };
      const double lost = 8.0 / step;
      compare((up.value - down.value) / (2.0 * step), (half_up.value - half_down.value) / step, g.delta[i] * by_price,
              lost * unit, worst_bump);
      for (std::size_t j = 0; j < 4; ++j)
        compare((up.delta[j] - down.delta[j]) * book.p[j] / (2.0 * step),
                (half_up.delta[j] - half_down.delta[j]) * book.p[j] / step, g.gamma(i, j) * by_price * book.p[j],
                lost * curved_unit, worst_bump_hessian);
    }
  }
  std::printf(
      "%s: %d accounts; autodiff: gradient %.1f, Hessian %.1f units of eps x condition; differences: gradient %.2f, "
      "Hessian %.2f of their "
      "error estimate\n",
      TypeParam::name, compared, worst_gradient, worst_hessian, worst_bump, worst_bump_hessian);
  EXPECT_GT(compared, accounts * 9 / 10);
  EXPECT_LE(worst_gradient, 64.0);
  EXPECT_LE(worst_hessian, 64.0);
  EXPECT_LE(worst_bump, 2.0);
  EXPECT_LE(worst_bump_hessian, 2.0);
}

}  // namespace
}  // namespace trimtab
#endif
