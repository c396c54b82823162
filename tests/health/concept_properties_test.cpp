// SPDX-License-Identifier: MIT
// The door, and what a model makes of random accounts.
#include <trimtab/health/concept.hpp>

#include "support/properties.hpp"
#include "support/tolerance.hpp"

namespace trimtab {
namespace {

using T = test::tolerance<double>;

// A pool of twelve reserves, an account of some of them in any order, a price for each.
struct pool_and_account {
  std::vector<health::aave_v3_reserve> reserves;
  account<12> holdings;
  std::vector<double> values;

  [[nodiscard]] health::aave_v3 model() const { return {.reserves = reserves}; }
  [[nodiscard]] oracle_prices<double> prices() const { return oracle_prices<double>{std::span<const double>(values)}; }
  [[nodiscard]] errc at_door() const { return validate(model(), holdings, prices()); }
};
std::ostream& operator<<(std::ostream& out, const pool_and_account& c) {
  out.precision(17);
  for (const holding& h : c.holdings)
    out << "\nasset " << h.asset.value << ": " << h.collateral << (h.used_as_collateral ? "" : " unused") << ", owes "
        << h.debt;
  return out;
}
rc::Gen<pool_and_account> pools() {
  return rc::gen::exec([] {
    pool_and_account c;
    // Asset numbers in the table's order, so that the row is found at once, or not.
    const std::uint32_t first = test::below(2) == 0 ? 0U : 5U;
    for (std::uint16_t k = 0; k < 12; ++k) {
      const double threshold = static_cast<double>(test::below(10'001));
      c.reserves.push_back({.asset = {first + k},
                            .collateral_slot = {k},
                            .debt_slot = {k},
                            .ltv = {std::floor(*test::uniform(0.0, threshold))},
                            .threshold = {threshold}});
      c.values.push_back(*test::spread(1e-12, 1e9));
    }
    const std::size_t assets = 1 + test::below(12), from = test::below(12);
    for (std::size_t k = 0; k < assets; ++k) {
      const std::size_t side = test::below(4);
      const holding h{.asset = c.reserves[(from + 5 * k) % 12].asset,
                      .collateral = side == 0 ? 0.0 : *test::spread(1e-12, 1e30),
                      .debt = side == 1 ? 0.0 : *test::spread(1e-12, 1e30),
                      .used_as_collateral = test::below(5) != 0};
      RC_ASSERT(c.holdings.add(h) == errc::ok);
    }
    return c;
  });
}

RC_GTEST_PROP(HealthModelProperties, WhatIsSoundPassesTheDoorAndHasAHealth, ()) {
  const auto c = *pools();
  RC_ASSERT(c.at_door() == errc::ok);
  const form<double, 12> f = c.model().liquidation_form<double>(c.holdings);
  const double health = health_factor(f, c.prices());
  RC_ASSERT(health >= 0.0);
  RC_ASSERT(health_factor(c.model(), c.holdings, c.prices()) == health);
  RC_ASSERT(health_factor(c.model().borrow_form<double>(c.holdings), c.prices()) <= health);
}

RC_GTEST_PROP(HealthModelProperties, WhereItsRowsStandAndInWhichOrderItHoldsThemIsNothingToAnAccount, ()) {
  const auto c = *pools();
  auto turned = c;
  for (std::size_t k = turned.holdings.size(); k > 1; --k)
    std::swap(turned.holdings[k - 1], turned.holdings[test::below(k)]);
  const double health = health_factor(c.model(), c.holdings, c.prices());
  RC_ASSERT(test::close(health_factor(turned.model(), turned.holdings, turned.prices()), health,
                        static_cast<double>(2 * c.holdings.size() + 2) * T::epsilon));
  auto shuffled = c;
  std::reverse(shuffled.reserves.begin(), shuffled.reserves.end());
  RC_ASSERT(health_factor(shuffled.model(), shuffled.holdings, shuffled.prices()) == health);
}

RC_GTEST_PROP(HealthModelProperties, EveryBadInputIsNamedAtTheDoor, ()) {
  auto c = *pools();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::size_t k = test::below(c.holdings.size());
  const std::size_t row = c.holdings[k].asset.value - c.reserves[0].asset.value;
  const double numbers[] = {nan, infinity, -infinity};
  const double number = numbers[test::below(3)];
  double& amount = test::below(2) == 0 ? c.holdings[k].collateral : c.holdings[k].debt;
  c.holdings[k].used_as_collateral = true;  // so that its price is read
  errc expected = errc::not_finite;
  switch (test::below(7)) {
    case 0:
      amount = number;
      break;
    case 1:
      amount = -*test::spread(1e-12, 1e30);
      expected = errc::negative_amount;
      break;
    case 2:
      c.values[row] = number;
      break;
    case 3:
      c.values[row] = test::below(2) == 0 ? 0.0 : -*test::spread(1e-12, 1e9);
      expected = errc::non_positive_price;
      break;
    case 4:
      c.values.resize(row);
      expected = errc::size_mismatch;
      break;
    case 5:
      c.holdings[k].asset = {99};
      expected = errc::asset_mismatch;
      break;
    default:
      RC_PRE(c.holdings.size() > 1U);
      c.holdings[k].asset = c.holdings[(k + 1) % c.holdings.size()].asset;
      expected = errc::duplicate_asset;
  }
  // A shortened table may lack another price of the form first; that is the same error.
  RC_ASSERT(c.at_door() == expected);
}

}  // namespace
}  // namespace trimtab
