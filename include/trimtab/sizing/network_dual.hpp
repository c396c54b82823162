// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/sizing/network_arcs.hpp>
#include <trimtab/sizing/network_laplacian.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace trimtab::sizing::detail {

/// @brief The dual of a routing problem: token prices ν, what every arc trades at them, and what is left at each token.
///
/// Formula   g(ν) = Σ (ν − worth)·supply + Σ max_x (ν_out·y(x) − ν_in·x), to be minimised over ν ≥ worth
/// Residuals are ν·∂g/∂ν = ν·(supply + Ψ): in value, so that a token's unit does not matter.
/// @source Diamandis, Resnick, Chitra, Angeris 2023, "An efficient algorithm for optimal routing through CFMMs", the
///         dual; its curvature in log prices as a graph Laplacian: derived here
struct network_dual {
  arcs all{};
  std::vector<double> worth{}, supply{}, floor{};
  std::vector<double> price{}, root{}, residual{}, noise{};  ///< at the point
  std::vector<double> next{}, next_residual{}, step{};       ///< at a trial point
  std::vector<std::uint8_t> free{}, known{};
  laplacian matrix{};
  double gross = 0.0;
  int steps = 0;

  [[nodiscard]] std::size_t tokens() const noexcept { return price.size(); }

  void resize(std::size_t n) {
    for (auto* v : {&worth, &supply, &floor, &price, &root, &residual, &noise, &next, &next_residual, &step})
      v->assign(n, 0.0);
    free.assign(n, 0);
    known.assign(n, 0);
  }

  /// What every arc trades at `at`: amounts and weights of the arcs, residuals of the tokens.
  /// On a curved piece, with √ν at hand, value in and out need neither root nor division:
  /// ν_in·x = b·√ν_in·√ν_out − a·ν_in,  ν_out·y = p·a·ν_out − b·√ν_in·√ν_out.
  template <class Ask>
  void sweep(const std::vector<double>& at, std::vector<double>& left, const Ask& asking) {
    const std::size_t n = tokens();
    for (std::size_t j = 0; j < n; ++j) {
      root[j] = std::sqrt(at[j]);
      left[j] = at[j] * supply[j];
      noise[j] = left[j];
    }
    gross = 0.0;
    arc_columns& c = all.curved;
    for (std::size_t i = 0; i < c.size(); ++i) {
      const std::size_t j = c.in[i], k = c.out[i];
      const double t = c.geometric[i] * root[j] * root[k];
      double in = t - c.depth[i] * at[j];
      c.weight[i] = 0.0;
      if (!(in > 0.0)) {
        c.amount[i] = 0.0;
        continue;
      }
      const double most = c.cap[i] * at[j];
      double out = c.price[i] * c.depth[i] * at[k] - t;
      if (in < most) {
        c.weight[i] = 0.5 * t;
        noise[j] += t;
        noise[k] += t;
      } else {
        in = most;
        out = c.paid[i] * at[k];
      }
      c.amount[i] = in;
      left[j] -= in;
      left[k] += out;
      gross += in;
    }
    sweep_flat(at, left);
    sweep_asked(at, left, asking);
  }

  /// Least of −∇g over boxes: a token whose price is at its floor and which has a surplus stays there.
  [[nodiscard]] bool at_floor(std::size_t j, double left) const noexcept {
    return price[j] <= floor[j] && left >= 0.0;
  }

  /// Newton from `price` until the residuals are within `tolerance` of the gross flow, or rounding.
  /// @return true when they are
  template <class Ask>
  bool newton(const Ask& asking, double tolerance, double mu, int limit) {
    sweep(price, residual, asking);
    double reach = 2.0;
    for (int i = 0; i < limit; ++i) {
      bool done = true;
      for (std::size_t j = 0; j < tokens(); ++j) {
        free[j] = price[j] > 0.0 && !at_floor(j, residual[j]) ? 1 : 0;
        if (free[j] != 0 && !(magnitude(residual[j]) <= tolerance * gross + 1e-15 * noise[j])) done = false;
      }
      if (done) return true;
      if (!direction(mu)) return false;
      ++steps;
      double longest = 0.0;
      for (const double d : step) longest = larger(longest, magnitude(d));
      const double shrink = longest > reach ? reach / longest : 1.0;
      double taken = 0.0;
      if (!search(asking, shrink, taken)) return false;
      mu = taken == 1.0 ? larger(0.1 * mu, 1e-12) : smaller(3.0 * mu, 1.0);
      reach = taken == 1.0 && shrink < 1.0 ? smaller(2.0 * reach, 32.0) : 2.0;
    }
    return false;
  }

  /// Newton's step for log prices; μ adds what all arcs would weigh without fees.
  bool direction(double mu) {
    for (double lift = 1e-14; lift < 1.0; lift *= 1e4) {
      assemble(mu);
      if (matrix.solve(residual, step, lift)) return true;
    }
    return false;
  }

  void assemble(double mu) {
    matrix.begin(free);
    const auto base = [&](const arc_columns& c, std::size_t i) {
      return mu > 1e-11 ? mu * 0.5 * c.geometric[i] * root[c.in[i]] * root[c.out[i]] : 0.0;
    };
    for (const arc_columns* c : {&all.curved, &all.asked})
      for (std::size_t i = 0; i < c->size(); ++i) {
        const double w = c->weight[i] + base(*c, i);
        if (w > 0.0) matrix.add(c->in[i], c->out[i], w);
      }
    const arc_columns& c = all.flat;
    for (std::size_t i = 0; i < c.size(); ++i) {
      if (c.weight[i] > 0.0) {
        const double u = price[c.in[i]], v = c.price[i] * price[c.out[i]], h = all.stiffness[i];
        matrix.add(c.in[i], c.out[i], u / h * u, v / h * v, -(u / h * v));
      }
      const double w = base(c, i);
      if (w > 0.0) matrix.add(c.in[i], c.out[i], w);
    }
  }

private:
  /// A flat piece trades x = anchor + (p·ν_out − ν_in)/h between 0 and its cap: its proximal term makes it a band.
  void sweep_flat(const std::vector<double>& at, std::vector<double>& left) {
    arc_columns& c = all.flat;
    for (std::size_t i = 0; i < c.size(); ++i) {
      const std::size_t j = c.in[i], k = c.out[i];
      c.weight[i] = 0.0;
      c.amount[i] = 0.0;
      if (!(at[k] > 0.0)) continue;
      const double x = all.anchor[i] + (c.price[i] * at[k] - at[j]) / all.stiffness[i];
      if (!(x > 0.0)) continue;
      const double taken = smaller(x, c.cap[i]);
      if (x < c.cap[i]) {
        c.weight[i] = at[j] / all.stiffness[i] * at[j];
        noise[j] += c.weight[i];
        noise[k] += c.weight[i];
      }
      c.amount[i] = taken * at[j];
      left[j] -= taken * at[j];
      left[k] += taken * c.price[i] * at[k];
      gross += taken * at[j];
    }
  }
  template <class Ask>
  void sweep_asked(const std::vector<double>& at, std::vector<double>& left, const Ask& asking) {
    arc_columns& c = all.asked;
    for (std::size_t i = 0; i < c.size(); ++i) {
      const std::size_t j = c.in[i], k = c.out[i];
      c.weight[i] = 0.0;
      c.amount[i] = 0.0;
      if (!(at[k] > 0.0) || !(at[j] < c.price[i] * at[k])) continue;
      const answer a = asking(c.edge[i], at[j] / at[k], c.cap[i]);
      c.weight[i] = a.per_log * at[j];
      c.amount[i] = a.in * at[j];
      noise[j] += 2.0 * c.weight[i];
      noise[k] += 2.0 * c.weight[i];
      left[j] -= c.amount[i];
      left[k] += a.out * at[k];
      gross += c.amount[i];
    }
  }

  /// Along `step`: accepted where the slope of g has come down to half, or turned. g is convex, so that bounds the
  /// overshoot, and unlike a comparison of values it has no rounding floor.
  template <class Ask>
  bool search(const Ask& asking, double shrink, double& taken) {
    taken = 1.0;
    for (int tries = 0; tries < 40; ++tries, taken *= tries < 2 ? 0.3 : 0.1) {
      double before = 0.0, after = 0.0, rounding = 0.0;
      for (std::size_t j = 0; j < tokens(); ++j)
        next[j] = free[j] != 0 ? larger(floor[j], price[j] * std::exp(taken * shrink * step[j])) : price[j];
      sweep(next, next_residual, asking);
      for (std::size_t j = 0; j < tokens(); ++j) {
        if (free[j] == 0) continue;
        const double moved = next[j] - price[j];
        before += residual[j] / price[j] * moved;
        after += next_residual[j] / next[j] * moved;
        rounding += 1e-15 * noise[j] * magnitude(moved) / next[j];
      }
      if (after <= 0.5 * magnitude(before) + rounding) {
        std::swap(price, next);
        std::swap(residual, next_residual);
        return true;
      }
    }
    sweep(price, residual, asking);
    return false;
  }
};

}  // namespace trimtab::sizing::detail
