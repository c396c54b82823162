// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/network_sweep.hpp>

#include <utility>

namespace trimtab::sizing::detail {

/// @brief The dual and its minimum: Newton's method in log prices, within the floors.
struct network_dual : network_sweep {
  /// Raises supplies that are dust against the depth of their token's arcs. From no trade a dust trade's prices are a
  /// kink away, which Newton does not see; from a larger trade they are a smooth way down. @return true if there were
  /// any
  bool raise_dust() {
    constexpr double least = 1e-5;
    weigh_all();
    bool raised = false;
    for (std::size_t j = 0; j < tokens(); ++j) {
      if (!(given[j] > 0.0) || !(given[j] * price[j] < least * whole[j])) continue;
      supply[j] = least * whole[j] / price[j];
      raised = true;
    }
    return raised;
  }

  /// Newton from `price` until what is left at each token is within `tolerance` of what comes in, or rounding.
  /// @return true when they are
  template <class Ask>
  bool newton(const Ask& asking, double tolerance, double mu, int limit) {
    sweep(price, residual, asking);
    double reach = 2.0, grip = 1e4;
    while (steps < limit) {
      bool done = true;
      for (std::size_t j = 0; j < tokens(); ++j) {
        free[j] = price[j] > 0.0 && !at_floor(j, residual[j]) ? 1 : 0;
        if (free[j] != 0 && !(magnitude(residual[j]) <= tolerance * inflow[j] + 2e-15 * noise[j])) done = false;
      }
      if (done) return true;
      if (!direction(mu, grip)) return false;
      ++steps;
      double longest = 0.0;
      for (const double d : step) longest = larger(longest, magnitude(d));
      const double shrink = longest > reach ? reach / longest : 1.0, taken = search(asking, shrink);
      if (taken * shrink * longest < 1e-16) {  // no price moves: a firmer metric, or rounding
        if (grip > 1e14) return false;
        grip *= 1e4;
        mu = 1.0;
        continue;
      }
      if (refresh_bands()) sweep(price, residual, asking);
      mu = taken == 1.0 ? larger(0.1 * mu, 1e-12) : smaller(larger(10.0 * mu, 1e-3), 1.0);
      reach = taken == 1.0 && shrink < 1.0 ? smaller(2.0 * reach, 32.0) : 2.0;
    }
    return false;
  }

private:
  /// Newton's step for log prices; μ adds what all arcs would weigh without fees, a metric where nothing trades yet. A
  /// token that would go below a floor it is near goes to the floor, and the others move knowing that.
  bool direction(double mu, double grip) {
    solved = free;
    // Once steps have gone in full for a while, the arcs that trade are metric enough.
    mu = mu > 2e-6 ? mu * smaller(1.0, grip * imbalance()) : 0.0;
    for (std::size_t j = 0; j < tokens(); ++j) step[j] = pinned[j] = 0.0;
    int rounds = 0;
    for (double lift = 1e-14; lift < 1.0;) {
      assemble(mu);
      if (!matrix.solve(step, lift)) {
        lift *= 1e4;
        continue;
      }
      if (!pin(++rounds > 2)) return true;
    }
    return false;
  }
  /// Of what would go below its floor: all that is there already, and the first to get there, or all.
  bool pin(bool every) noexcept {
    double first = infinity;
    for (std::size_t j = 0; j < tokens(); ++j) {
      if (solved[j] == 0 || !(step[j] < 0.0) || price[j] > 1.05 * floor[j]) continue;
      const double part = std::log(floor[j] / price[j]) / step[j];
      if (part < 1.0) first = smaller(first, part);
    }
    if (!(first < 1.0)) return false;
    for (std::size_t j = 0; j < tokens(); ++j) {
      if (solved[j] == 0 || !(step[j] < 0.0) || price[j] > 1.05 * floor[j]) continue;
      const double room = std::log(floor[j] / price[j]);
      if (!(room / step[j] <= (every ? 1.0 : first))) continue;
      solved[j] = 0;
      step[j] = pinned[j] = room;
    }
    return true;
  }
  /// What all arcs of each token would weigh at these prices, into `whole`.
  void weigh_all() noexcept {
    for (std::size_t j = 0; j < tokens(); ++j) {
      root[j] = std::sqrt(price[j]);
      whole[j] = 0.0;
    }
    all.each([&](const arc& a) {
      const double w = a.full_weight(root);
      whole[a.in] += w;
      whole[a.out] += w;
    });
  }
  /// The largest residual in those terms: of a dust trade, as little as the trade.
  [[nodiscard]] double imbalance() const noexcept {
    double most = 0.0;
    for (std::size_t j = 0; j < tokens(); ++j)
      if (free[j] != 0 && whole[j] > 0.0) most = larger(most, magnitude(residual[j]) / whole[j]);
    return most;
  }
  void assemble(double mu) {
    matrix.begin(solved, residual, pinned);
    const auto weigh = [&](const arc& a, double own) {
      const double w = mu > 0.0 ? own + mu * a.full_weight(root) : own;
      if (w > 0.0) matrix.add(a.in, a.out, w);
    };
    for (const arc& a : all.curved) weigh(a, a.weight);
    for (const arc& a : all.asked) weigh(a, a.weight);
    for (const flat_arc& a : all.flat) {
      weigh(a, 0.0);
      if (!(a.weight > 0.0)) continue;
      const double u = price[a.in], v = a.price * price[a.out], h = a.stiffness;
      matrix.add(a.in, a.out, u / h * u, v / h * v, -(u / h * v));
    }
    // What is left over is part of the curvature in log prices, and keeps what floats as a whole from leaping.
    for (std::size_t j = 0; j < tokens(); ++j) matrix.add(j, 0.05 * magnitude(residual[j]));
  }
  /// The bands of flat pieces follow prices that have moved far.
  bool refresh_bands() noexcept {
    bool moved = false;
    for (flat_arc& a : all.flat) {
      const double now = price[a.in];
      if (!(now > 0.0) || (now < 2.0 * a.unit && now > 0.5 * a.unit)) continue;
      a.stiffness *= now / a.unit;
      a.unit = now;
      moved = true;
    }
    return moved;
  }

  /// What is left at a token, where that is more than rounding; a token without a price says nothing.
  [[nodiscard]] double signal(std::size_t j, double left) const noexcept {
    return free[j] != 0 && magnitude(left) > 2e-15 * noise[j] ? left : 0.0;
  }
  /// Of g along `step`, at the last sweep.
  [[nodiscard]] double curvature() const noexcept {
    double sum = 0.0;
    const auto bend = [&](const arc& a) {
      const double from = next[a.in] > floor[a.in] ? step[a.in] : 0.0,
                   to = next[a.out] > floor[a.out] ? step[a.out] : 0.0;
      sum += a.weight * (to - from) * (to - from);
    };
    for (const arc& a : all.curved) bend(a);
    for (const arc& a : all.flat) bend(a);
    for (const arc& a : all.asked) bend(a);
    return sum;
  }
  /// Along `step`: accepted where the slope of g has come down to half, or turned. g is convex, so that bounds the
  /// overshoot, and unlike a comparison of values it has no rounding floor.
  /// @return the part of the step taken; 0 for none
  template <class Ask>
  double search(const Ask& asking, double shrink) {
    for (std::size_t j = 0; j < tokens(); ++j) pinned[j] = signal(j, residual[j]);
    double taken = 1.0;
    for (int tries = 0; tries < 40; ++tries) {
      for (std::size_t j = 0; j < tokens(); ++j)
        next[j] = free[j] != 0 ? larger(floor[j], price[j] * std::exp(taken * shrink * step[j])) : price[j];
      sweep(next, next_residual, asking);
      double before = 0.0, after = 0.0, slope = 0.0;
      for (std::size_t j = 0; j < tokens(); ++j) {
        if (free[j] == 0) continue;
        const double moved = next[j] - price[j], now = signal(j, next_residual[j]);
        before += pinned[j] / price[j] * moved;
        after += now / next[j] * moved;
        if (next[j] > floor[j]) slope += now * step[j];
      }
      if (after <= 0.5 * magnitude(before)) {
        std::swap(price, next);
        std::swap(residual, next_residual);
        return taken;
      }
      // Too far, into arcs that were idle: their curvature says how much too far.
      const double back = taken - slope / (shrink * curvature());
      taken = back > 0.0 && back < 0.9 * taken ? back : (tries < 3 ? 0.3 : 0.1) * taken;
    }
    sweep(price, residual, asking);
    return 0.0;
  }
};

}  // namespace trimtab::sizing::detail
