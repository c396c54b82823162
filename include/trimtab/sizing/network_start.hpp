// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/network_dual.hpp>

namespace trimtab::sizing::detail {

/// Where Newton starts: which tokens are worth anything, and what, from the venues' first prices.
struct network_start {
  enum class token : std::uint8_t { worthless, unknown, priced, settled };
  std::vector<token> state{};
  std::vector<double> deepest{};

  /// A token is worth something where arcs lead from it to one that is. Of others the supply is kept: their price is 0.
  void find_worth(network_dual& d) {
    const std::size_t n = d.tokens();
    state.assign(n, token::worthless);
    for (std::size_t j = 0; j < n; ++j)
      if (d.worth[j] > 0.0) state[j] = token::unknown;
    for (bool changed = true; changed;) {
      changed = false;
      d.all.each([&](const arc& a) {
        if (state[a.in] != token::worthless || state[a.out] == token::worthless) return;
        state[a.in] = token::unknown;
        changed = true;
      });
    }
  }
  /// True where the prices there are can be started from.
  [[nodiscard]] bool fits(const network_dual& d) const noexcept {
    for (std::size_t j = 0; j < d.tokens(); ++j)
      if ((d.price[j] > 0.0) == (state[j] == token::worthless)) return false;
    return true;
  }

  /// Prices by the deepest arc from what is priced already, breadth first; then one scale for all that is connected,
  /// the least that puts every price at or above its worth.
  void price_all(network_dual& d) {
    const std::size_t n = d.tokens();
    deepest.resize(n);
    for (std::size_t j = 0; j < n; ++j) d.price[j] = d.floor[j] = 0.0;
    for (;;) {
      std::size_t seed = n;
      for (std::size_t j = 0; j < n; ++j)
        if (state[j] == token::unknown && d.worth[j] > 0.0 && (seed == n || d.worth[j] > d.worth[seed])) seed = j;
      if (seed == n) return;
      state[seed] = token::priced;
      d.price[seed] = 1.0;
      while (reach_out(d)) {
      }
      double scale = 0.0;
      for (std::size_t j = 0; j < n; ++j)
        if (state[j] == token::priced) scale = larger(scale, d.worth[j] / d.price[j]);
      for (std::size_t j = 0; j < n; ++j) {
        if (state[j] != token::priced) continue;
        state[j] = token::settled;
        d.price[j] *= scale;
        set_floor(d, j);
      }
    }
  }
  /// The prices there are, on new worths.
  static void keep_all(network_dual& d) {
    for (std::size_t j = 0; j < d.tokens(); ++j)
      if (d.price[j] > 0.0) set_floor(d, j);
  }

  /// Of each flat piece, the flow in whose terms its band is measured: its cap, or less where all there is to trade is.
  static void measure_flat(network_dual& d) {
    if (d.all.flat.empty()) return;
    double value = 0.0;
    for (std::size_t j = 0; j < d.tokens(); ++j) value += d.price[j] * d.supply[j];
    d.all.each([&](const arc& a) {
      const double depth = a.depth * d.price[a.in];
      if (depth < infinity) value = larger(value, depth);
    });
    for (flat_arc& a : d.all.flat) {
      const double unit = d.price[a.in];
      a.set_depth(unit > 0.0 && value > 0.0 ? smaller(a.cap, value / unit) : smaller(a.cap, 1.0));
    }
  }

private:
  /// Without worth a price has no end downwards; a floor this low costs nothing that could be measured.
  static void set_floor(network_dual& d, std::size_t j) noexcept {
    d.floor[j] = d.worth[j] > 0.0 ? d.worth[j] : 1e-30 * d.price[j];
    d.price[j] = larger(d.price[j], d.floor[j]);
  }
  bool reach_out(network_dual& d) {
    for (double& depth : deepest) depth = -1.0;
    d.all.each([&](const arc& a) {
      const bool from = state[a.in] == token::priced, to = state[a.out] == token::priced;
      const std::size_t other = from ? a.out : a.in;
      if (from == to || state[other] != token::unknown) return;
      const double depth = from ? a.depth * d.price[a.in] : a.reserve * d.price[a.out];
      if (depth <= deepest[other]) return;
      deepest[other] = depth;
      d.next[other] = from ? d.price[a.in] / a.price : a.price * d.price[a.out];
    });
    bool grown = false;
    for (std::size_t j = 0; j < d.tokens(); ++j) {
      if (deepest[j] < 0.0) continue;
      state[j] = token::priced;
      d.price[j] = d.next[j];
      grown = true;
    }
    return grown;
  }
};

}  // namespace trimtab::sizing::detail
