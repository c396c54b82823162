// SPDX-License-Identifier: MIT
#pragma once

/// Random inputs for RapidCheck: the same on every run unless the environment's RC_PARAMS says otherwise.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <trimtab/health.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <ostream>
#include <vector>

namespace trimtab::test {

/// Set before the first property runs, which is when RapidCheck reads it.
inline const int seeded = ::setenv("RC_PARAMS", "seed=20200312 max_success=400", 0);

/// In [low, high), all alike from the first case on (RapidCheck would begin with small ones), and never shrunk: a
/// failing case is shown as it was found.
template <class I>
rc::Gen<I> integer(I low, I high) {
  return rc::gen::noShrink(rc::gen::resize(rc::kNominalSize, rc::gen::inRange<I>(low, high)));
}
inline std::size_t below(std::size_t count) {
  return *integer<std::size_t>(0, count);
}
inline rc::Gen<double> uniform(double low, double high) {
  return rc::gen::map(integer<std::int64_t>(0, 1LL << 52),
                      [=](std::int64_t k) { return low + (high - low) * static_cast<double>(k) * 0x1p-52; });
}
/// In [low, high], every decade as likely as the next, and the ends themselves at times.
inline rc::Gen<double> spread(double low, double high) {
  return rc::gen::map(uniform(-0.03, 1.03), [=](double share) {
    return std::clamp(low * std::exp(std::clamp(share, 0.0, 1.0) * std::log(high / low)), low, high);
  });
}

/// A form of 1–12 assets, each held, owed or both, in a price slot of its own.
struct position {
  std::vector<term<>> collateral, debt;
  std::vector<double> values;

  [[nodiscard]] form_view<double> view() const { return {collateral, debt}; }
  [[nodiscard]] oracle_prices<double> prices() const { return oracle_prices<double>{std::span<const double>(values)}; }
  [[nodiscard]] double health() const { return health_factor(view(), prices()); }
  [[nodiscard]] std::size_t size() const { return collateral.size() + debt.size(); }
  /// What is added up on both sides: the unit of what a difference of them loses.
  [[nodiscard]] double parts() const {
    return weighted_value<double>(collateral, prices()) + weighted_value<double>(debt, prices());
  }
};
inline std::ostream& operator<<(std::ostream& out, const position& p) {
  out.precision(17);
  for (const auto* side : {&p.collateral, &p.debt}) {
    out << (side == &p.collateral ? "\nheld" : "\nowed");
    for (const term<>& t : *side)
      out << "  " << t.amount << " × " << t.weight << " at " << p.values[t.slot.index] << " (slot " << t.slot.index
          << ")";
  }
  return out;
}

/// Amounts 1e-12 … 1e30 and prices 1e-12 … 1e9, half of them near enough to each other that health is of order one, a
/// quarter within 1e-1 … 1e-15 of the boundary.
inline rc::Gen<position> positions() {
  return rc::gen::exec([] {
    position p;
    const std::size_t assets = 1 + below(12), kind = below(4);
    const auto amounts = kind < 2 ? spread(1e-12, 1e30) : spread(1e-2, 1e4);
    const auto quotes = kind < 2 ? spread(1e-12, 1e9) : spread(1e-2, 1e4);
    for (std::size_t k = 0; k < assets; ++k) {
      p.values.push_back(*quotes);
      const price_slot slot{static_cast<std::uint16_t>(k)};
      const asset_id asset{static_cast<std::uint32_t>(k)};
      const std::size_t side = below(8);  // 0–3 held, 4–6 owed, 7 both
      const double held = below(16) == 0 ? 0.0 : *amounts, owed = below(16) == 0 ? 0.0 : *amounts;
      if (side < 4 || side == 7)
        p.collateral.push_back({held, below(16) == 0 ? 0.0 : *uniform(0.01, 1.0), slot, asset});
      if (side >= 4) p.debt.push_back({owed, *uniform(1.0, 1.5), slot, asset});
    }
    const double health = p.health();
    if (kind == 3 && 0.0 < health && health < infinity) {
      const double to = health / (1.0 + (below(2) == 0 ? -1.0 : 1.0) * *spread(1e-15, 1e-1));
      for (term<>& t : p.debt) t.amount *= to;
    }
    return p;
  });
}

}  // namespace trimtab::test
