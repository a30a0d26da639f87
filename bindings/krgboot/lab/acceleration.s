# The test guest for accelerators: a boot sector, and a second sector that it loads. It does the steps of a kernel before
# its first console line, so that it hangs, dies or slows down where a kernel would.
# GNU as, AT&T syntax:
#
#   as --64 -o acceleration.o acceleration.s && objcopy -O binary -j .text acceleration.o acceleration.bin
#
# acceleration.py has the resulting 1024 bytes; a test compares them. Each completed step writes its letter to the debug
# console (port 0xe9). At the end the guest writes a value to isa-debug-exit (port 0xf4).
#
# Memory, identity-mapped below 2 MB: code at 0x7c00, the stack below it, tables from 0x10000 on:
        .equ pml4, 0x10000
        .equ pdpt, 0x11000
        .equ low_directory, 0x12000     # virtual 0 to 1 GB
        .equ high_directory, 0x13000    # virtual 3 to 4 GB, for the local APIC
        .equ page_table, 0x14000        # virtual 2 to 4 MB
        .equ idt, 0x15000
        .equ page_a, 0x16000            # mapped in turn at virtual address `paged`
        .equ page_b, 0x17000
        .equ paged, 0x200000
        .equ apic, 0xfee00000

        .equ code32, 0x08               # selectors of `gdt`
        .equ code64, 0x10
        .equ data, 0x18

        .equ work, 100000000            # rounds: less than a second even in software, minutes if each one traps

        .equ passed, 0x35               # QEMU ends with status 2 * value + 1
        .equ failed, 0x3a

        .equ base, 0x7c00               # there is no linker: a label's address is label - start + base

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
        movw $(base + 512), %bx         # to the address after the first
        int $0x13
        cli
        step 'R'                        # R: the BIOS has loaded both sectors
        movw $(pml4 >> 4), %ax
        movw %ax, %ds
        movw %ax, %es
        xorl %eax, %eax
        xorw %di, %di
        movw $0x4000, %cx
        rep stosl                       # 0x10000 to 0x1ffff
        # Segment `pml4 >> 4`: offsets are relative to pml4. Entries: 7 present, writable, user; 0x80 a page of 2 MB;
        # 0x18 uncached.
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

        .org 510                        # end of the boot sector, and its signature
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
        step 'C'                        # C: CPUID, repeatedly

        movl $0xc0000081, %ecx          # STAR: segments of syscall and sysret
        movl $(data << 16 | code64), %edx
        xorl %eax, %eax
        wrmsr
        incl %ecx                       # LSTAR: entry point of syscall
        xorl %edx, %edx
        movl $(back - start + base), %eax
        wrmsr
        xorl %eax, %eax
        rdmsr
        cmpw $(back - start + base), %ax
        jne fail
        step 'M'                        # M: model-specific registers keep their values

        rdtsc
        movl %eax, %esi
3:      rdtsc
        subl %esi, %eax
        cmpl $0x100000, %eax
        jb 3b
        step 'T'                        # T: the time stamp counter runs

        movl $apic, %edi                # kept for `tick`
        lidt idt_pointer - start + base
        movl $0x5a5a5a5a, %eax
        movl %eax, paged                # not mapped: page_fault maps page_a and retries
        cmpl %eax, page_a
        jne fail
        testb $0x40, page_table         # the page walk has set the dirty bit
        jz fail
        movl $(page_b + 7), page_table
        invlpg paged
        cmpl %eax, paged
        je fail
        step 'F'                        # F: page faults and page walks work

        movl page_a, %eax               # lower half of the current value; the upper half is zero
        xorl %edx, %edx
        lock cmpxchg16b page_a          # used by the kernel's allocator; an emulator may lack it
        jnz fail
        step 'X'                        # X: atomic exchange of 16 bytes

        movl $(user - start + base), %ecx
        movl $2, %r11d                  # flags: no interrupts
        sysretq
user:   syscall
back:   step 'U'                        # U: to user mode and back

        movw $0x1120, %dx               # interrupt controller: vectors from 0x20, only the timer enabled
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
        step 'W'                        # W: plain work in kernel mode, as for unpacking a kernel

        movb $passed, %al
        jmp end
fail:   movb $failed, %al
end:    outb %al, $0xf4
5:      hlt
        jmp 5b

        .org 1024
