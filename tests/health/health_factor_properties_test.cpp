// SPDX-License-Identifier: MIT
#include <trimtab/health/health_factor.hpp>

#include "support/properties.hpp"
#include "support/tolerance.hpp"
#include <algorithm>

namespace trimtab {
namespace {

using T = test::tolerance<double>;

RC_GTEST_PROP(HealthFactorProperties, ValidInputGivesNoNaNAndNothingBelowZero, ()) {
  const auto p = *test::positions();
  RC_ASSERT(validate(p.view(), p.prices()) == errc::ok);
  RC_ASSERT(p.health() >= 0.0);
  RC_ASSERT(is_finite(headroom(p.view(), p.prices())));
  const double log = log_health(p.view(), p.prices());
  RC_ASSERT(log == log);
  const bool owes = weighted_value<double>(p.debt, p.prices()) > 0.0;
  RC_ASSERT((p.health() == infinity) == !owes);
  RC_ASSERT((log == infinity) == !owes);
}

RC_GTEST_PROP(HealthFactorProperties, OnlyRelativePricesMatter, ()) {
  const auto p = *test::positions();
  auto doubled = p, scaled = p;
  const double by = *test::spread(1e-6, 1e6);
  for (double& x : doubled.values) x *= 0x1p-12;
  for (double& x : scaled.values) x *= by;
  RC_ASSERT(doubled.health() == p.health());
  // Each price rounds once, and each side's sum may round otherwise.
  RC_ASSERT(test::close(scaled.health(), p.health(), static_cast<double>(p.size() + 4) * T::epsilon));
}

RC_GTEST_PROP(HealthFactorProperties, MoreCollateralNeverLowersHealthAndMoreDebtNeverRaisesIt, ()) {
  const auto p = *test::positions();
  const double by = *test::uniform(1.0, 3.0);
  for (std::size_t k = 0; k < p.collateral.size(); ++k) {
    auto more = p;
    more.collateral[k].amount *= by;
    RC_ASSERT(more.health() >= p.health());
    RC_ASSERT(headroom(more.view(), p.prices()) >= headroom(p.view(), p.prices()));
  }
  for (std::size_t k = 0; k < p.debt.size(); ++k) {
    auto more = p;
    more.debt[k].amount *= by;
    RC_ASSERT(more.health() <= p.health());
    RC_ASSERT(headroom(more.view(), p.prices()) <= headroom(p.view(), p.prices()));
  }
}

RC_GTEST_PROP(HealthFactorProperties, TheOrderOfTheHoldingsIsWorthAnUlpEach, ()) {
  const auto p = *test::positions();
  auto turned = p;
  for (auto* side : {&turned.collateral, &turned.debt})
    for (std::size_t k = side->size(); k > 1; --k) std::swap((*side)[k - 1], (*side)[test::below(k)]);
  RC_ASSERT(test::close(turned.health(), p.health(), static_cast<double>(p.size() + 2) * T::epsilon));
}

#ifdef __SIZEOF_FLOAT128__
__extension__ using wide = __float128;  // 113 bits: products of two doubles exactly, of three to 2⁻¹¹³

struct sides {
  wide collateral = 0, debt = 0;
  explicit sides(const test::position& p) {
    for (const term<>& t : p.collateral) collateral += wide(t.weight) * t.amount * p.values[t.slot.index];
    for (const term<>& t : p.debt) debt += wide(t.weight) * t.amount * p.values[t.slot.index];
  }
};

RC_GTEST_PROP(HealthFactorProperties, HealthIsTheRatioOf113Bits, ()) {
  const auto p = *test::positions();
  const sides exact(p);
  RC_PRE(exact.debt > 0);
  RC_ASSERT(test::close(p.health(), static_cast<double>(exact.collateral / exact.debt),
                        static_cast<double>(p.size() + 2) * T::epsilon));
}

RC_GTEST_PROP(HealthFactorProperties, HeadroomIsRoundedOnceAndLogHealthKeepsItsDigits, ()) {
  const auto p = *test::positions();
  const sides exact(p);
  const wide gap = exact.collateral - exact.debt, parts = exact.collateral + exact.debt;
  const double allowed =
      T::epsilon * std::fabs(static_cast<double>(gap)) + 64.0 * T::epsilon * T::epsilon * static_cast<double>(parts);
  RC_ASSERT(std::fabs(static_cast<double>(wide(headroom(p.view(), p.prices())) - gap)) <= allowed);
  RC_PRE(exact.debt > 0);
  RC_PRE(exact.collateral > 0);
  const bool deep = 2 * exact.collateral < exact.debt;
  const long double log = deep ? -std::log1p(static_cast<long double>(-gap / exact.collateral))
                               : std::log1p(static_cast<long double>(gap / exact.debt));
  const double expected = static_cast<double>(log);
  RC_ASSERT(test::within(log_health(p.view(), p.prices()), expected,
                         T::route * std::fabs(expected) + allowed / static_cast<double>(exact.debt)));
}
#endif

TEST(HealthFactorProperties, BeyondTheLargestDoubleHealthIsInfiniteOrNoNumberNeverAWrongOne) {
  const term<> huge{1e300, 1.0, {0}, {0}}, small{1.0, 1.0, {1}, {1}};
  const double values[] = {1e300, 1.0};
  const oracle_prices<double> prices(values);
  const auto health = [&](const term<>& held, const term<>& owed) {
    return health_factor(form_view<double>{{&held, 1}, {&owed, 1}}, prices);
  };
  EXPECT_EQ(health(huge, small), infinity);
  EXPECT_EQ(health(small, huge), 0.0);
  EXPECT_TRUE(std::isnan(health(huge, huge)));
}

}  // namespace
}  // namespace trimtab
