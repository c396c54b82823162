// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/network_dual.hpp>

namespace trimtab::sizing::detail {

/// @brief Flows from the dual's solution: where the noise of prices would show in them, the flows themselves are moved.
///
/// A price known to an ulp fixes the flow through a pool to an ulp of the pool's depth, not of the flow, and that of a
/// flat piece not at all. So what is left at the tokens is sent along the arcs that trade, in one Laplacian solve a
/// pass: an arc takes weight·(Δ_out − Δ_in), within its bounds, and prices follow by Δ.
struct network_recovery {
  std::vector<double> through{};  ///< per token: supply and all that comes in, whole tokens
  std::vector<double> left{};     ///< per token: through less all that goes out

  /// @param asking  asking(edge, x): what an asked curve pays for x
  template <class Ask>
  void run(network_dual& d, const Ask& asking) {
    through.assign(d.tokens(), 0.0);
    left.assign(d.tokens(), 0.0);
    d.all.each([&](arc& a) { start(d, a); });
    double best = infinity;
    for (int pass = 0; pass < 8; ++pass) {
      const double worst = measure(d, asking);
      if (worst <= 2e-15 || (pass > 1 && worst >= 0.5 * best) || !move(d)) break;
      best = smaller(best, worst);
    }
    for (int pass = 0; pass < 8 && drop_dust(d); ++pass) measure(d, asking);
  }

private:
  /// A flow below what prices resolve, out of a token that has not got it, was never there. @return true if there was
  bool drop_dust(network_dual& d) const noexcept {
    bool dropped = false;
    d.all.each([&](arc& a) {
      if (!(a.taken > 0.0) || !(a.taken <= 1e-14 * a.depth) || !(left[a.in] < -1e-14 * through[a.in])) return;
      a.taken = 0.0;
      dropped = true;
    });
    return dropped;
  }
  /// From value at the last sweep to amount, and a weight for what stands on the brink of trading. A flow below what
  /// prices resolve of the depth is noise: it starts from nothing, and gets what the tokens need.
  static void start(const network_dual& d, arc& a) noexcept {
    const double u = d.price[a.in], v = d.price[a.out];
    if (a.taken > 1e-14 * a.depth * u) {
      a.taken = smaller(a.taken / u, a.cap);
      return;
    }
    a.taken = 0.0;
    if (a.weight == 0.0 && v > 0.0 && a.price * v >= u * (1.0 - 1e-13)) a.weight = a.full_weight(d.root);
  }
  template <class Ask>
  double measure(network_dual& d, const Ask& asking) {
    for (std::size_t j = 0; j < d.tokens(); ++j) left[j] = through[j] = d.supply[j];
    const auto pass = [&](const arc& a, double y) {
      left[a.in] -= a.taken;
      left[a.out] += y;
      through[a.out] += y;
    };
    for (const arc& a : d.all.curved)
      if (a.taken > 0.0) pass(a, a.amount_out(a.taken));
    for (const arc& a : d.all.flat)
      if (a.taken > 0.0) pass(a, a.price * a.taken);
    for (const arc& a : d.all.asked)
      if (a.taken > 0.0) pass(a, asking(a.edge, a.taken));
    double worst = 0.0;
    for (std::size_t j = 0; j < d.tokens(); ++j) {
      d.residual[j] = d.price[j] * left[j];
      d.free[j] = d.price[j] > 0.0 && !d.at_floor(j, left[j]) ? 1 : 0;
      if (d.free[j] != 0 && left[j] != 0.0)
        worst = larger(worst, magnitude(left[j]) / larger(through[j], magnitude(left[j])));
    }
    return worst;
  }
  static bool move(network_dual& d) {
    bool solved = false;
    for (std::size_t j = 0; j < d.tokens(); ++j) d.step[j] = d.pinned[j] = 0.0;
    for (double lift = 1e-15; lift < 1e-3 && !solved; lift *= 1e4) {
      d.matrix.begin(d.free, d.residual, d.pinned);
      d.all.each([&](const arc& a) {
        if (a.weight > 0.0) d.matrix.add(a.in, a.out, a.weight);
      });
      solved = d.matrix.solve(d.step, lift);
    }
    // Far from a solution nothing linear helps; the certificate will say so.
    for (const double s : d.step)
      if (!(magnitude(s) < 1e-3)) return false;
    if (!solved) return false;
    d.all.each([&](arc& a) {
      if (!(a.weight > 0.0)) return;
      const double from = d.step[a.in], to = d.step[a.out], apart = to - from;
      if (magnitude(apart) <= 1e-12 * larger(magnitude(from), magnitude(to))) return;  // rounding, no flow
      const double more = a.weight * apart / d.price[a.in], x = a.taken + more;
      a.taken = x > 1e-13 * magnitude(more) ? smaller(x, a.cap) : 0.0;
    });
    for (std::size_t j = 0; j < d.tokens(); ++j)
      if (d.free[j] != 0) d.price[j] = larger(d.floor[j], d.price[j] * (1.0 + d.step[j]));
    return true;
  }
};

}  // namespace trimtab::sizing::detail
