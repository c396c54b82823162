// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/network_dual.hpp>

namespace trimtab::sizing::detail {

/// @brief Flows from the dual's solution: where the noise of prices would show in them, the flows themselves are moved.
///
/// A price known to an ulp fixes the flow through a pool to an ulp of the pool's depth, not of the flow, and that of a
/// flat piece not at all. So what is left at the tokens is sent along the arcs that trade, in one Laplacian solve a
/// pass: arc i takes weight·(Δ_out − Δ_in), within its bounds, and prices follow by Δ.
struct network_recovery {
  std::vector<double> out{};      ///< per arc of each kind, in order: asset out
  std::vector<double> through{};  ///< per token: supply and all that comes in, whole tokens
  std::vector<double> left{};     ///< per token: through less all that goes out

  /// @param paid  paid(kind, arc, x): what the arc pays for x
  template <class Paid>
  void run(network_dual& d, const Paid& paid) {
    through.assign(d.tokens(), 0.0);
    left.assign(d.tokens(), 0.0);
    start(d);
    double best = infinity;
    for (int pass = 0; pass < 8; ++pass) {
      const double worst = measure(d, paid);
      if (worst <= 1e-16 || (pass > 1 && worst >= best)) return;
      best = smaller(best, worst);
      if (!move(d)) return;
    }
    measure(d, paid);
  }

private:
  /// From values at the last sweep to amounts, and a weight for what stands on the brink of trading.
  static void start(network_dual& d) {
    constexpr double brink = 1e-13;
    for (arc_columns* c : {&d.all.curved, &d.all.asked, &d.all.flat})
      for (std::size_t i = 0; i < c->size(); ++i) {
        const double u = d.price[c->in[i]], v = d.price[c->out[i]];
        double& x = c->amount[i];
        x = u > 0.0 ? smaller(x / u, c->cap[i]) : 0.0;
        if (c->weight[i] == 0.0 && x == 0.0 && v > 0.0 && c->price[i] * v >= u * (1.0 - brink))
          c->weight[i] = 0.5 * c->geometric[i] * d.root[c->in[i]] * d.root[c->out[i]];
      }
  }
  template <class Paid>
  double measure(network_dual& d, const Paid& paid) {
    for (std::size_t j = 0; j < d.tokens(); ++j) left[j] = through[j] = d.supply[j];
    for (const arc_columns* c : {&d.all.curved, &d.all.asked, &d.all.flat})
      for (std::size_t i = 0; i < c->size(); ++i) {
        const double x = c->amount[i];
        if (!(x > 0.0)) continue;
        const double y = paid(*c, i, x);
        left[c->in[i]] -= x;
        left[c->out[i]] += y;
        through[c->out[i]] += y;
      }
    double worst = 0.0;
    for (std::size_t j = 0; j < d.tokens(); ++j) {
      d.residual[j] = d.price[j] * left[j];
      d.free[j] = d.price[j] > 0.0 && !d.at_floor(j, left[j]) ? 1 : 0;
      if (d.free[j] != 0 && through[j] > 0.0) worst = larger(worst, magnitude(left[j]) / through[j]);
    }
    return worst;
  }
  static bool move(network_dual& d) {
    bool solved = false;
    for (double lift = 1e-15; lift < 1e-3 && !solved; lift *= 1e4) {
      d.matrix.begin(d.free);
      for (const arc_columns* c : {&d.all.curved, &d.all.asked, &d.all.flat})
        for (std::size_t i = 0; i < c->size(); ++i)
          if (c->weight[i] > 0.0) d.matrix.add(c->in[i], c->out[i], c->weight[i]);
      solved = d.matrix.solve(d.residual, d.step, lift);
    }
    if (!solved) return false;
    for (const double s : d.step)
      if (!(magnitude(s) < 1e-3)) return false;
    for (arc_columns* c : {&d.all.curved, &d.all.asked, &d.all.flat})
      for (std::size_t i = 0; i < c->size(); ++i) {
        if (!(c->weight[i] > 0.0)) continue;
        const std::size_t j = c->in[i], k = c->out[i];
        const double x = c->amount[i] + c->weight[i] * (d.step[k] - d.step[j]) / d.price[j];
        c->amount[i] = x > 0.0 ? smaller(x, c->cap[i]) : 0.0;
      }
    for (std::size_t j = 0; j < d.tokens(); ++j)
      if (d.free[j] != 0) d.price[j] = larger(d.floor[j], d.price[j] * (1.0 + d.step[j]));
    return true;
  }
};

}  // namespace trimtab::sizing::detail
