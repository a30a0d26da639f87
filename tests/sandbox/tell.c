/* A stand-in for any program: writes the numbers of its open descriptors to the file OUT or to standard output,
   and exits with STATUS. */
#include <fcntl.h>
#include <stdio.h>

int main(void) {
  int open_ones[4096], count = 0;
  for (int descriptor = 0; descriptor < 4096; ++descriptor)
    if (fcntl(descriptor, F_GETFD) >= 0) open_ones[count++] = descriptor;
#ifdef OUT
  FILE* out = fopen(OUT, "a");
#else
  FILE* out = stdout;
#endif
  for (int i = 0; i < count; ++i) fprintf(out, "%d ", open_ones[i]);
  fprintf(out, "\n");
  fclose(out);
  return STATUS;
}
