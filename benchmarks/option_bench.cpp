// SPDX-License-Identifier: MIT
// sens_option_price_greeks: value, delta, gamma, vega, theta and log value of an option; the peer is QuantLib's
// BlackCalculator: constructed, and asked for value, delta, gamma and vega.
// sens_option_requote: the same of a position whose spot has changed; the peer is QuantLib's AnalyticEuropeanEngine:
// its quote is set, and NPV, delta, gamma and vega are asked for. Inputs: both kinds, 60 % to 160 % of the strike,
// volatility 0.2 to 1.2, a week to a year.
#include <benchmark/benchmark.h>

#include <trimtab/instrument/option.hpp>

#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <random>
#include <string>
#include <vector>

#ifdef TRIMTAB_BENCH_QUANTLIB
// Not ql/quantlib.hpp: parts of it do not compile as C++20 with Boost 1.74.
#include <ql/exercise.hpp>
#include <ql/instruments/vanillaoption.hpp>
#include <ql/pricingengines/blackcalculator.hpp>
#include <ql/pricingengines/vanilla/analyticeuropeanengine.hpp>
#include <ql/processes/blackscholesprocess.hpp>
#include <ql/quotes/simplequote.hpp>
#include <ql/settings.hpp>
#include <ql/termstructures/volatility/equityfx/blackconstantvol.hpp>
#include <ql/termstructures/yield/flatforward.hpp>
#include <ql/time/calendars/nullcalendar.hpp>
#include <ql/time/daycounters/actual365fixed.hpp>
#endif

namespace {

using trimtab::instrument::option;
using trimtab::instrument::option_greeks;
using trimtab::instrument::option_kind;

constexpr std::size_t count = 256;

struct inputs {
  std::vector<option> options;
  std::vector<double> spots;
  inputs() {
    std::mt19937_64 engine(19730526);
    const auto between = [&](double low, double high) { return std::uniform_real_distribution<>(low, high)(engine); };
    for (std::size_t i = 0; i < count; ++i) {
      options.push_back({.kind = i % 2 == 0 ? option_kind::call : option_kind::put,
                         .strike = between(1000.0, 5000.0),
                         .volatility = between(0.2, 1.2),
                         .rate = between(0.0, 0.08),
                         .carry = between(0.0, 0.05),
                         .expiry = between(0.02, 1.0)});
      spots.push_back(options.back().strike * between(0.6, 1.6));
    }
  }
  static const inputs& get() {
    static const inputs all;
    return all;
  }
};

#ifdef TRIMTAB_BENCH_QUANTLIB
// The prices of tests/vectors/math/black_scholes.csv that are wrong by more than 1 %: rows
// "S,K,r,q,sigma,T,call,put,…".
template <class Price>
double wrong_by_a_percent(option_kind kind, Price price) {
  std::ifstream file(TRIMTAB_BENCH_VECTORS "/math/black_scholes.csv");
  double wrong = 0.0;
  for (std::string line; std::getline(file, line);) {
    std::array<double, 8> field{};
    const char* at = line.c_str();
    std::size_t read = 0;
    for (char* end = nullptr; read < field.size(); ++read, at = end + (*end == ',' ? 1 : 0)) {
      field[read] = std::strtod(at, &end);
      if (end == at) break;
    }
    if (read < field.size()) continue;  // a comment or the header
    const auto& [spot, strike, rate, carry, volatility, expiry, call, put] = field;
    const double expected = kind == option_kind::call ? call : put;
    const double ours = price({kind, strike, volatility, rate, carry, expiry}, spot);
    if (expected >= std::numeric_limits<double>::min() && !(std::fabs(ours - expected) <= 0.01 * expected)) ++wrong;
  }
  return file.eof() ? wrong : -1.0;
}
void count_wrong(benchmark::State& state, auto price) {
  // A label and no counter: the spread of a counter that is 0 is no number, and no JSON.
  state.SetLabel("wrong by 1 %: " + std::to_string(static_cast<int>(wrong_by_a_percent(option_kind::call, price))) +
                 " calls, " + std::to_string(static_cast<int>(wrong_by_a_percent(option_kind::put, price))) + " puts");
}
#endif

void ours(benchmark::State& state) {
  const inputs& in = inputs::get();
  std::size_t i = 0;
  for (auto _ : state) {
    option_greeks g = in.options[i % count].greeks(in.spots[i % count]);
    benchmark::DoNotOptimize(g);
    ++i;
  }
#ifdef TRIMTAB_BENCH_QUANTLIB
  count_wrong(state, [](const option& o, double spot) { return o.greeks(spot).value; });
#endif
}
void ours_requote(benchmark::State& state) {
  const inputs& in = inputs::get();
  std::size_t i = 0;
  for (auto _ : state) {
    option_greeks g = in.options[0].greeks(in.options[0].strike * (in.spots[i % count] / in.options[i % count].strike));
    benchmark::DoNotOptimize(g);
    ++i;
  }
}
BENCHMARK(ours)->Name("sens_option_price_greeks/ours");
BENCHMARK(ours_requote)->Name("sens_option_requote/ours");

#ifdef TRIMTAB_BENCH_QUANTLIB
QuantLib::BlackCalculator calculator(const option& o, double spot) {
  return {o.kind == option_kind::call ? QuantLib::Option::Call : QuantLib::Option::Put, o.strike,
          spot * std::exp((o.rate - o.carry) * o.expiry), o.volatility * std::sqrt(o.expiry),
          std::exp(-o.rate * o.expiry)};
}
bool agree(const option_greeks& g, double value, double delta, double gamma, double vega, double spot) {
  const auto close = [](double a, double b, double scale) { return std::fabs(a - b) <= 1e-9 * scale; };
  return close(g.value, value, spot) && close(g.delta, delta, 1.0) && close(g.gamma, gamma, 1.0 / spot) &&
         close(g.vega, vega, spot);
}
void black_calculator(benchmark::State& state) {
  const inputs& in = inputs::get();
  for (std::size_t i = 0; i < count; ++i) {
    const option& o = in.options[i];
    const double spot = in.spots[i];
    const auto c = calculator(o, spot);
    if (!agree(o.greeks(spot), c.value(), c.delta(spot), c.gamma(spot), c.vega(o.expiry), spot))
      return state.SkipWithError("the answers differ");
  }
  std::size_t i = 0;
  for (auto _ : state) {
    const option& o = in.options[i % count];
    const double spot = in.spots[i % count];
    ++i;
    const auto c = calculator(o, spot);
    std::array<double, 4> out{c.value(), c.delta(spot), c.gamma(spot), c.vega(o.expiry)};
    benchmark::DoNotOptimize(out);
  }
  count_wrong(state, [](const option& o, double spot) { return calculator(o, spot).value(); });
}
BENCHMARK(black_calculator)->Name("sens_option_price_greeks/peer");

void engine(benchmark::State& state) {
  namespace ql = QuantLib;
  const inputs& in = inputs::get();
  option o = in.options[0];
  const ql::Date today(15, ql::June, 2026);
  ql::Settings::instance().evaluationDate() = today;
  const ql::Actual365Fixed days;
  const ql::Date end = today + static_cast<ql::Integer>(std::lround(o.expiry * 365.0));
  o.expiry = days.yearFraction(today, end);
  const auto spot = ql::ext::make_shared<ql::SimpleQuote>(o.strike);
  const auto flat = [&](double rate) {
    return ql::Handle<ql::YieldTermStructure>(ql::ext::make_shared<ql::FlatForward>(today, rate, days));
  };
  const auto process = ql::ext::make_shared<ql::BlackScholesMertonProcess>(
      ql::Handle<ql::Quote>(spot), flat(o.carry), flat(o.rate),
      ql::Handle<ql::BlackVolTermStructure>(
          ql::ext::make_shared<ql::BlackConstantVol>(today, ql::NullCalendar(), o.volatility, days)));
  ql::VanillaOption quoted(ql::ext::make_shared<ql::PlainVanillaPayoff>(
                               o.kind == option_kind::call ? ql::Option::Call : ql::Option::Put, o.strike),
                           ql::ext::make_shared<ql::EuropeanExercise>(end));
  quoted.setPricingEngine(ql::ext::make_shared<ql::AnalyticEuropeanEngine>(process));
  std::size_t i = 0;
  const auto requote = [&] {
    spot->setValue(o.strike * (in.spots[i % count] / in.options[i % count].strike));
    ++i;
    return std::array<double, 4>{quoted.NPV(), quoted.delta(), quoted.gamma(), quoted.vega()};
  };
  for (std::size_t k = 0; k < count; ++k) {
    const auto out = requote();
    if (!agree(o.greeks(spot->value()), out[0], out[1], out[2], out[3], o.strike))
      return state.SkipWithError("the answers differ");
  }
  for (auto _ : state) {
    auto out = requote();
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(engine)->Name("sens_option_requote/peer");
#endif

}  // namespace
