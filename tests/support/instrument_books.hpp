// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health.hpp>
#include <trimtab/instrument.hpp>

#include "support/random.hpp"
#include <array>
#include <vector>

namespace trimtab::test {

using any_holding = instrument::one_of<instrument::token, instrument::constant_product_share,
                                       instrument::range_position, instrument::weighted_pool_share>;
using holding_leg = instrument::leg<any_holding>;

/// @brief An account of tokens and pool shares over three underlyings: slot k is priced by leg k.
///
/// Slots: three tokens, a pool share of 0 and 2, a range position of 0 and 1, a weighted pool of all three. Something
/// of most is held; tokens are owed.
struct instrument_book {
  std::array<double, 3> world{};
  std::vector<holding_leg> legs{};
  form<> f;

  explicit instrument_book(random_numbers& random) {
    for (double& u : world) u = random.log_uniform(0.5, 2.0);
    for (std::uint16_t k = 0; k < 3; ++k) legs.push_back({instrument::token{}, {k}});
    legs.push_back({instrument::constant_product_share{.liquidity = random.uniform(0.5, 2.0)}, {0, 2}});
    const double ratio = world[0] / world[1];
    legs.push_back({instrument::range_position{.liquidity = random.uniform(1.0, 5.0),
                                               .lower = ratio * random.uniform(0.5, 1.5),
                                               .upper = ratio * random.uniform(1.6, 4.0)},
                    {0, 1}});
    legs.push_back(
        {instrument::weighted_pool_share{
             .reference_value = 1.0, .weights = {0.5, 0.3, 0.2}, .reference_prices = {1.0, 1.0, 1.0}, .assets = 3},
         {0, 1, 2}});
    for (std::uint16_t k = 0; k < 6; ++k)
      if (random.below(3) != 0 || k == 3)
        static_cast<void>(f.collateral.add({random.uniform(0.5, 3.0), random.uniform(0.5, 0.9), {k}, {k}}));
    for (std::uint16_t k = 0; k < 3; ++k)
      if (random.below(2) != 0 || k == 1)
        static_cast<void>(f.debt.add({random.uniform(0.2, 1.0), random.uniform(1.0, 1.2), {k}, {k}}));
  }
  [[nodiscard]] std::span<const holding_leg> view() const { return legs; }
  /// The slot prices at these underlyings.
  template <class S>
  [[nodiscard]] std::vector<S> prices(std::span<const S> at) const {
    std::vector<S> p(legs.size());
    static_cast<void>(instrument::slot_prices<S>(view(), at, std::span<S>(p)));
    return p;
  }
  template <class S>
  [[nodiscard]] form<S> form_of() const {
    form<S> out;
    for (const term<>& t : f.collateral)
      static_cast<void>(out.collateral.add({literal<S>(t.amount), literal<S>(t.weight), t.slot, t.asset}));
    for (const term<>& t : f.debt)
      static_cast<void>(out.debt.add({literal<S>(t.amount), literal<S>(t.weight), t.slot, t.asset}));
    return out;
  }
  /// Health, revalued.
  [[nodiscard]] double health(std::span<const double> at) const {
    const std::vector<double> p = prices<double>(at);
    return health_factor(f, oracle_prices<double>(std::span<const double>(p)));
  }
};

}  // namespace trimtab::test
