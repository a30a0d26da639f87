# The guest that tells whether an accelerator is of use: a boot sector, and one more that it loads. It does what a
# kernel does before its first line on the console, and so hangs, dies or crawls where a kernel would.
# GNU as, AT&T syntax:
#
#   as --64 -o acceleration.o acceleration.s && objcopy -O binary -j .text acceleration.o acceleration.bin
#
# acceleration.py holds the 1024 bytes that this makes; a test compares them. Each step, once done, writes its letter to
# the debug console (port 0xe9); the end is a value written to isa-debug-exit (port 0xf4).
#
# Memory, all mapped to itself below 2 MB: the code at 0x7c00, the stack below it, and from 0x10000 on the tables:
        .equ pml4, 0x10000
        .equ pdpt, 0x11000
        .equ low_directory, 0x12000     # virtual 0 to 1 GB
        .equ high_directory, 0x13000    # virtual 3 to 4 GB, for the local APIC
        .equ page_table, 0x14000        # virtual 2 to 4 MB
        .equ idt, 0x15000
        .equ page_a, 0x16000            # both in turn at virtual address `paged`
        .equ page_b, 0x17000
        .equ paged, 0x200000
        .equ apic, 0xfee00000

        .equ code32, 0x08               # selectors of the table at the end
        .equ code64, 0x10
        .equ data, 0x18

        .equ work, 100000000            # rounds: below a second even in software, minutes if each is trapped

        .equ passed, 0x35               # QEMU ends with status 2 * value + 1
        .equ failed, 0x3a

        .equ base, 0x7c00               # no linker runs: a label's address is label - start + base

        .macro step letter
        movb $\letter, %al
        outb %al, $0xe9
        .endm

        .macro wait_for_ticks
        movl $10, %ebx                  # `tick` counts it down
        sti
1:      hlt
        testl %ebx, %ebx
        jg 1b
        cli
        .endm

        .text
        .code16
start:  cli
        cld
        ljmp $0, $(real - start + base)
real:   xorw %ax, %ax
        movw %ax, %es
        movw %ax, %ss
        movw $base, %sp
        movw $0x0201, %ax               # read one sector,
        movw $0x0002, %cx               # the second
        xorb %dh, %dh                   # of the drive that the BIOS booted from,
        movw $(base + 512), %bx         # to behind the first
        int $0x13
        cli
        step 'R'                        # R: the BIOS has loaded it all
        movw $(pml4 >> 4), %ax
        movw %ax, %ds
        movw %ax, %es
        xorl %eax, %eax
        xorw %di, %di
        movw $0x4000, %cx
        rep stosl                       # 0x10000 to 0x1ffff
        # Segment `pml4 >> 4`: offsets are those behind pml4. Entries: 7 present, writable, user; 0x80 a page of 2 MB;
        # 0x18 not cached.
        movl $(pdpt + 7), 0
        movl $(low_directory + 7), pdpt - pml4
        movl $(high_directory + 7), pdpt - pml4 + 3 * 8
        movl $0x87, low_directory - pml4
        movl $(page_table + 7), low_directory - pml4 + 8
        movl $(apic + 0x9b), high_directory - pml4 + (apic >> 21 & 511) * 8
        movl $((code64 << 16) + page_fault - start + base), idt - pml4 + 14 * 16
        movl $((code64 << 16) + tick - start + base), idt - pml4 + 0x20 * 16
        movl $((code64 << 16) + tick - start + base), idt - pml4 + 0x21 * 16
        movw $0x8e00, %ax               # an interrupt gate, present
        movw %ax, idt - pml4 + 14 * 16 + 4
        movw %ax, idt - pml4 + 0x20 * 16 + 4
        movw %ax, idt - pml4 + 0x21 * 16 + 4
        lgdtl %cs:(gdt_pointer - start + base)
        movl %cr0, %eax
        orb $1, %al
        movl %eax, %cr0
        ljmpl $code32, $(protected - start + base)

        .code64
page_fault:
        movl $(page_a + 7), page_table
        addq $8, %rsp                   # the error code
        iretq

tick:   decl %ebx
        movb $0x20, %al
        outb %al, $0x20                 # end of interrupt, for both controllers
        movl %eax, 0xb0(%rdi)
        iretq

        .balign 8
gdt:    .quad 0
        .quad 0x00cf9a000000ffff        # code32
        .quad 0x00af9a000000ffff        # code64
        .quad 0x00cf92000000ffff        # data
        .quad 0x00cff2000000ffff        # data of user mode
        .quad 0x00affa000000ffff        # code of user mode, 64 bits
gdt_pointer:
        .word gdt_pointer - gdt - 1
        .long gdt - start + base
idt_pointer:
        .word 0xfff
        .quad idt

        .org 510                        # the end of what the BIOS loads by itself, and its mark
        .byte 0x55, 0xaa

        .code32
protected:
        step 'P'                        # P: protected mode
        movl $data, %eax
        movl %eax, %ds
        movl %eax, %es
        movl %eax, %ss
        movl $0x7c00, %esp
        movl %cr4, %eax
        orb $0x20, %al                  # PAE
        movl %eax, %cr4
        movl $pml4, %eax
        movl %eax, %cr3
        movl $0xc0000080, %ecx          # EFER
        rdmsr
        orl $0x101, %eax                # LME: long mode; SCE: syscall
        wrmsr
        movl %cr0, %eax
        orl $0x80010000, %eax           # PG and WP
        movl %eax, %cr0
        ljmp $code64, $(long - start + base)

        .code64
long:   step 'L'                        # L: long mode, with paging

        movl $1000, %esi
2:      movl $0x80000001, %eax
        cpuid
        btl $29, %edx                   # long mode
        jnc fail
        decl %esi
        jnz 2b
        step 'C'                        # C: CPUID, again and again

        movl $0xc0000081, %ecx          # STAR: segments of syscall and sysret
        movl $(data << 16 | code64), %edx
        xorl %eax, %eax
        wrmsr
        incl %ecx                       # LSTAR: where syscall leads
        xorl %edx, %edx
        movl $(back - start + base), %eax
        wrmsr
        xorl %eax, %eax
        rdmsr
        cmpw $(back - start + base), %ax
        jne fail
        step 'M'                        # M: model-specific registers hold what is written

        rdtsc
        movl %eax, %esi
3:      rdtsc
        subl %esi, %eax
        cmpl $0x100000, %eax
        jb 3b
        step 'T'                        # T: the time stamp counter goes on

        movl $apic, %edi                # stays there, for `tick`
        lidt idt_pointer - start + base
        movl $0x5a5a5a5a, %eax
        movl %eax, paged                # not there: page_fault maps page_a, and it is done again
        cmpl %eax, page_a
        jne fail
        testb $0x40, page_table         # dirty, says the walk
        jz fail
        movl $(page_b + 7), page_table
        invlpg paged
        cmpl %eax, paged
        je fail
        step 'F'                        # F: a page fault, and page tables are walked

        movl page_a, %eax               # the lower half of what is there; the upper one is zero
        xorl %edx, %edx
        lock cmpxchg16b page_a          # the allocator's: an emulator may not know it
        jnz fail
        step 'X'                        # X: 16 bytes exchanged in one go

        movl $(user - start + base), %ecx
        movl $2, %r11d                  # flags: no interrupts
        sysretq
user:   syscall
back:   step 'U'                        # U: to user mode and back

        movw $0x1120, %dx               # interrupt controller: from vector 0x20 on, the timer alone
        movb %dh, %al
        outb %al, $0x20
        movb %dl, %al
        outb %al, $0x21
        movb $4, %al
        outb %al, $0x21
        movb $1, %al
        outb %al, $0x21
        movb $0xfe, %al
        outb %al, $0x21
        movb $0x34, %al                 # PIT: channel 0, periodic
        outb %al, $0x43
        movb $0xa9, %al
        outb %al, $0x40
        movb $4, %al                    # 1193 of its ticks are 1 ms
        outb %al, $0x40
        wait_for_ticks
        movb $0xff, %al
        outb %al, $0x21
        step 'I'                        # I: interrupts of the PIT

        movl $0x1ff, 0xf0(%rdi)         # on
        movl $0xb, 0x3e0(%rdi)          # undivided
        movl $0x20021, 0x320(%rdi)      # timer: periodic, vector 0x21
        movl $1000000, 0x380(%rdi)      # 1 ms of QEMU's 1 GHz
        wait_for_ticks
        step 'A'                        # A: interrupts of the local APIC's timer

        movl $work, %ecx
4:      movl %ecx, page_a
        addl page_a, %eax
        loop 4b
        step 'W'                        # W: plain work, as of unpacking a kernel, in kernel mode

        movb $passed, %al
        jmp end
fail:   movb $failed, %al
end:    outb %al, $0xf4
5:      hlt
        jmp 5b

        .org 1024
