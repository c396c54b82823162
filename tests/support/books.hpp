// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health.hpp>

#include "support/random.hpp"
#include <array>

namespace trimtab::test {

/// 8 tokens at threshold ½, on slot 0, against 2000 on slot 1: health 2 at 1000 and 1.
constexpr form<> position() {
  form<> f;
  static_cast<void>(f.collateral.add({8.0, 0.5, {0}, {1}}));
  static_cast<void>(f.debt.add({2000.0, 1.0, {1}, {2}}));
  return f;
}

/// Up to four assets, each a slot, on either side or on both; something is held and something owed.
struct random_book {
  form<> f;
  std::array<double, 4> p{};

  explicit random_book(random_numbers& random) {
    for (std::uint16_t k = 0; k < 4; ++k) {
      const asset_id asset{k};
      if (random.below(4) != 0 || k == 0)
        static_cast<void>(f.collateral.add({random.log_uniform(1.0, 10.0), random.uniform(0.3, 0.9), {k}, asset}));
      if (random.below(2) != 0 || k == 3)
        static_cast<void>(f.debt.add({random.log_uniform(1.0, 10.0), random.uniform(1.0, 1.3), {k}, asset}));
      p[k] = random.log_uniform(0.1, 10.0);
    }
  }
  [[nodiscard]] oracle_prices<double> prices() const { return oracle_prices<double>(p); }
  [[nodiscard]] random_book moved(std::size_t slot, double by) const {
    random_book other = *this;
    other.p[slot] += by;
    return other;
  }
};

}  // namespace trimtab::test
