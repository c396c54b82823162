// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/sizing/network_arcs.hpp>
#include <trimtab/sizing/network_laplacian.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace trimtab::sizing::detail {

/// @brief The dual of a routing problem: token prices ν, what every arc trades at them, and what is left at each token.
///
/// Formula   g(ν) = Σ (ν − worth)·supply + Σ max_x (ν_out·y(x) − ν_in·x), to be minimised over ν ≥ worth
/// Residuals are ν·∂g/∂ν = ν·(supply + Ψ): in value, so that a token's unit does not matter.
/// @source Diamandis, Resnick, Chitra, Angeris 2023, "An efficient algorithm for optimal routing through CFMMs", the
///         dual; its curvature in log prices as a graph Laplacian: derived here
struct network_sweep {
  arcs all{};
  std::vector<double> worth{}, supply{}, given{}, floor{};  ///< supply: what the sweeps see; given: what there is
  std::vector<double> price{}, root{}, residual{};          ///< at the point
  std::vector<double> inflow{}, noise{};  ///< value of supply and what comes in; what rounding acts on
  std::vector<double> next{}, next_residual{}, step{}, pinned{}, whole{};  ///< at a trial point
  std::vector<std::uint8_t> free{}, solved{};
  laplacian matrix{};
  int steps = 0;

  [[nodiscard]] std::size_t tokens() const noexcept { return price.size(); }

  void resize(std::size_t n) {
    for (auto* v : {&worth, &supply, &given, &floor, &price, &root, &residual, &inflow, &noise, &next, &next_residual,
                    &step, &pinned, &whole})
      v->assign(n, 0.0);
    free.assign(n, 0);
    solved.assign(n, 0);
  }
  /// At its floor and with a surplus: it stays there.
  [[nodiscard]] bool at_floor(std::size_t j, double left) const noexcept { return price[j] <= floor[j] && left >= 0.0; }

  /// What every arc trades at prices `at`; what that leaves at the tokens.
  template <class Ask>
  void sweep(const std::vector<double>& at, std::vector<double>& left, const Ask& asking) {
    for (std::size_t j = 0; j < tokens(); ++j) {
      root[j] = std::sqrt(at[j]);
      left[j] = inflow[j] = noise[j] = at[j] * supply[j];
    }
    for (arc& a : all.curved) sweep_curved(a, at, left);
    for (flat_arc& a : all.flat) sweep_flat(a, at, left);
    for (arc& a : all.asked) {
      a.weight = a.taken = 0.0;
      if (!(at[a.in] < a.price * at[a.out])) continue;
      const answer got = asking(a.edge, at[a.in] / at[a.out], a.cap);
      a.weight = got.per_log * at[a.in];
      trade(a, got.in * at[a.in], got.out * at[a.out], 2.0 * a.weight, left);
    }
  }

private:
  void trade(arc& a, double in, double out, double rounding, std::vector<double>& left) noexcept {
    a.taken = in;
    left[a.in] -= in;
    left[a.out] += out;
    noise[a.in] += rounding;
    noise[a.out] += rounding;
    inflow[a.out] += out;
  }
  /// With √ν at hand, value in and out need neither root nor division:
  /// ν_in·x = b·√ν_in·√ν_out − a·ν_in,  ν_out·y = p·a·ν_out − b·√ν_in·√ν_out.
  void sweep_curved(arc& a, const std::vector<double>& at, std::vector<double>& left) noexcept {
    const double t = a.geometric * root[a.in] * root[a.out], in = t - a.depth * at[a.in], most = a.cap * at[a.in];
    a.weight = a.taken = 0.0;
    if (!(in > 4e-16 * t)) return;  // the two prices are equal
    if (in < most) {
      a.weight = 0.5 * t;
      trade(a, in, a.reserve * at[a.out] - t, t, left);
    } else {
      trade(a, most, a.amount_out(a.cap) * at[a.out], 0.0, left);
    }
  }
  /// x = anchor + (p·ν_out − ν_in)/h between 0 and the cap, which maximises ν_out·p·x − ν_in·x − ½·h·(x − anchor)²: at
  /// a fixed point of the anchors the answer is of the problem without the last term.
  void sweep_flat(flat_arc& a, const std::vector<double>& at, std::vector<double>& left) noexcept {
    a.weight = a.taken = 0.0;
    if (!(at[a.out] > 0.0)) return;
    const double x = a.anchor + (a.price * at[a.out] - at[a.in]) / a.stiffness, taken = smaller(x, a.cap);
    if (!(x > 0.0)) return;
    if (x < a.cap) a.weight = at[a.in] / a.stiffness * at[a.in];
    trade(a, taken * at[a.in], taken * a.price * at[a.out], a.weight, left);
  }
};

}  // namespace trimtab::sizing::detail
