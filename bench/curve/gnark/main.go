// The operations of `npm run bench -- curve` by gnark-crypto: a native library, for comparison.
//
// usage: gnark <length> <tau>. Reads the name of an operation a line, does it on one thread, and prints how many CPU seconds it took and
// the point that the result commits to, as JSON.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"runtime"
	"strconv"
	"syscall"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr/fft"
)

type answer struct {
	CpuSeconds float64 `json:"cpuSeconds"`
	X          string  `json:"x"`
	Y          string  `json:"y"`
}

func main() {
	length, err := strconv.Atoi(os.Args[1])
	must(err)
	var tau fr.Element
	_, err = tau.SetString(os.Args[2])
	must(err)
	runtime.GOMAXPROCS(1)

	bases := powers(tau, length)
	scalars := fieldElements(length)
	integers := smallIntegers(length)
	domain := fft.NewDomain(uint64(2 * length))

	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		before := cpuSeconds()
		var result []fr.Element
		var point bn254.G1Affine
		switch lines.Text() {
		case "fieldElements":
			point = commit(bases, scalars)
		case "integers":
			point = commitIntegers(bases, integers)
		case "autocorrelation":
			result = autocorrelation(domain, scalars)
		default:
			panic("no such operation: " + lines.Text())
		}
		took := math.Round(1000*(cpuSeconds()-before)) / 1000
		if result != nil {
			point = commit(bases, result)
		}
		text, err := json.Marshal(answer{took, point.X.String(), point.Y.String()})
		must(err)
		fmt.Println(string(text))
	}
}

// powers are tau^j times the generator, as the development setup has them.
func powers(tau fr.Element, length int) []bn254.G1Affine {
	exponents := make([]fr.Element, length)
	exponents[0].SetOne()
	for j := 1; j < length; j++ {
		exponents[j].Mul(&exponents[j-1], &tau)
	}
	_, _, generator, _ := bn254.Generators()
	return bn254.BatchScalarMultiplicationG1(&generator, exponents)
}

// fieldElements are the twin of `fieldElements` in inputs.ts.
func fieldElements(length int) []fr.Element {
	values := make([]fr.Element, length)
	var one fr.Element
	one.SetOne()
	values[0].SetUint64(3)
	for j := 1; j < length; j++ {
		values[j].Square(&values[j-1]).Add(&values[j], &one)
	}
	return values
}

// smallIntegers are the twin of `smallIntegers` in inputs.ts.
func smallIntegers(length int) []int16 {
	values := make([]int16, length)
	state := uint32(1)
	for j := range values {
		state = state*1664525 + 1013904223
		values[j] = int16(state >> 16)
	}
	return values
}

func commit(bases []bn254.G1Affine, scalars []fr.Element) bn254.G1Affine {
	var sum bn254.G1Affine
	_, err := sum.MultiExp(bases, scalars, ecc.MultiExpConfig{NbTasks: 1})
	must(err)
	return sum
}

// A negative scalar would be as long as the field: its base is negated instead.
func commitIntegers(bases []bn254.G1Affine, values []int16) bn254.G1Affine {
	signed := make([]bn254.G1Affine, len(bases))
	magnitudes := make([]fr.Element, len(values))
	for j, value := range values {
		if value < 0 {
			signed[j].Neg(&bases[j])
			magnitudes[j].SetUint64(uint64(-int64(value)))
		} else {
			signed[j].Set(&bases[j])
			magnitudes[j].SetUint64(uint64(value))
		}
	}
	return commit(signed, magnitudes)
}

// autocorrelation is `s[k] = sum_j v[j] v[j+k+1]`, then a zero: the product of the transform with its mirror image.
func autocorrelation(domain *fft.Domain, vector []fr.Element) []fr.Element {
	size := int(domain.Cardinality)
	values := make([]fr.Element, size)
	copy(values, vector)
	domain.FFT(values, fft.DIF, fft.WithNbTasks(1))
	fft.BitReverse(values)
	products := make([]fr.Element, size)
	for j := range products {
		products[j].Mul(&values[j], &values[(size-j)%size])
	}
	fft.BitReverse(products)
	domain.FFTInverse(products, fft.DIT, fft.WithNbTasks(1))
	result := make([]fr.Element, len(vector))
	copy(result, products[1:len(vector)])
	return result
}

func cpuSeconds() float64 {
	var usage syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	seconds := func(time syscall.Timeval) float64 { return float64(time.Sec) + float64(time.Usec)/1e6 }
	return seconds(usage.Utime) + seconds(usage.Stime)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
